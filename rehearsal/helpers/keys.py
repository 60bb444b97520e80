"""Private keys derived from a seed. The keys are valid but the same in every rehearsal, and therefore not secret."""

from __future__ import annotations

import math
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from rehearsal.helpers.digits import Stream

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P224": ec.SECP224R1,
    "P256": ec.SECP256R1,
    "P384": ec.SECP384R1,
    "P521": ec.SECP521R1,
}
_EXPONENT = 65537
_SMALL_PRIMES = [n for n in range(3, 2000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


@lru_cache(maxsize=64)
def generate(algorithm: str, *, seed: str, bits: int = 2048, curve: str = "P224") -> Key:
    """Returns an RSA, ECDSA or ED25519 key derived from the seed. Raises ValueError for another algorithm."""
    stream = Stream(seed)
    match algorithm:
        case "ED25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(stream.take(32))
        case "ECDSA":
            chosen = CURVES[curve]()
            return ec.derive_private_key(stream.below(2 ** (chosen.key_size - 1)) + 1, chosen)
        case "RSA":
            return _rsa(stream, bits)
    raise ValueError(f"found the algorithm {algorithm!r}, expected RSA, ECDSA or ED25519")


def _rsa(stream: Stream, bits: int) -> rsa.RSAPrivateKey:
    p = _prime(stream, bits // 2)
    q = _prime(stream, bits - bits // 2)
    while q == p:
        q = _prime(stream, bits - bits // 2)
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, public).private_key()


def _prime(stream: Stream, bits: int) -> int:
    """The next prime of the stream. Its two highest bits are set, so that the product of two has twice as many bits."""
    while True:
        candidate = int.from_bytes(stream.take(bits // 8 + 1), "big") % (1 << bits)
        candidate |= (0b11 << (bits - 2)) | 1
        for _ in range(4 * bits):
            if _is_prime(candidate) and math.gcd(candidate - 1, _EXPONENT) == 1:
                return candidate
            candidate += 2


def _is_prime(number: int) -> bool:
    """Trial division, then Miller-Rabin with sixteen bases (error probability below 2**-32 for random numbers)."""
    if any(number % prime == 0 for prime in _SMALL_PRIMES):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, base, odd, twos) for base in (2, *_SMALL_PRIMES[:15]))


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
