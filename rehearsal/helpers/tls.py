"""The tls package: valid keys, requests and certificates, derived from the resource's seed."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rehearsal.cloud import CloudError, PlannedResource
from rehearsal.helpers.helper import Helper
from rehearsal.helpers.keys import Key, generate
from rehearsal.provider.placeholder import MOMENT

_BEGIN = datetime.datetime.fromisoformat(MOMENT)
_SUBJECT = {
    "commonName": NameOID.COMMON_NAME,
    "country": NameOID.COUNTRY_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "postalCode": NameOID.POSTAL_CODE,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
}
_USES = {
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
}


def private_key(planned: PlannedResource) -> dict[str, Any]:
    inputs = planned.inputs
    bits, curve = inputs.get("rsaBits") or 2048, inputs.get("ecdsaCurve") or "P224"
    key = generate(inputs["algorithm"], seed=planned.seed, bits=bits, curve=curve)
    pkcs8 = _private(key, serialization.PrivateFormat.PKCS8)
    classic = pkcs8 if isinstance(key, ed25519.Ed25519PrivateKey) else _private(key, _TRADITIONAL)
    return {
        "id": hashlib.sha1(_der(key), usedforsecurity=False).hexdigest(),
        "privateKeyPem": classic,
        "privateKeyPemPkcs8": pkcs8,
        # OpenSSH's own format contains a random number. OpenSSH also reads PKCS#1 and SEC 1, which do not.
        "privateKeyOpenssh": classic,
        "rsaBits": bits,
        "ecdsaCurve": curve,
        **public_parts(key),
    }


def public_parts(key: Key) -> dict[str, Any]:
    public = key.public_key()
    openssh = _openssh(key)
    blob = _der(key)
    md5 = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return {
        "publicKeyPem": public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode(),
        "publicKeyOpenssh": openssh,
        "publicKeyFingerprintMd5": ":".join(md5[i : i + 2] for i in range(0, 32, 2)),
        "publicKeyFingerprintSha256": f"SHA256:{hashlib.sha256(blob).hexdigest()[:43]}",
    }


def _openssh(key: Key) -> str:
    """The public key in OpenSSH's format; empty for P224, which OpenSSH does not support."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp224r1":
        return ""
    form = serialization.PublicFormat.OpenSSH
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, form).decode() + "\n"


def request(planned: PlannedResource) -> dict[str, Any]:
    key = _load(planned.inputs, "privateKeyPem")
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(planned.inputs))
    if names := _alternatives(planned.inputs):
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = builder.sign(key, _hash(key), **_deterministic(key))
    pem = signed.public_bytes(serialization.Encoding.PEM).decode()
    return {"certRequestPem": pem, "keyAlgorithm": algorithm(key)}


def self_signed(planned: PlannedResource) -> dict[str, Any]:
    key = _load(planned.inputs, "privateKeyPem")
    name = _name(planned.inputs)
    made = _certificate(planned, name, name, key.public_key(), key, _alternatives(planned.inputs))
    return {**made, "keyAlgorithm": algorithm(key)}


def locally_signed(planned: PlannedResource) -> dict[str, Any]:
    asked = x509.load_pem_x509_csr(planned.inputs["certRequestPem"].encode())
    authority = x509.load_pem_x509_certificate(planned.inputs["caCertPem"].encode())
    key = _load(planned.inputs, "caPrivateKeyPem")
    names: list[x509.GeneralName] = []
    for extension in asked.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            names = list(extension.value)
    made = _certificate(planned, asked.subject, authority.subject, asked.public_key(), key, names)
    return {**made, "caKeyAlgorithm": algorithm(key)}


def algorithm(key: Key) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


def get_public_key(arguments: Mapping[str, Any]) -> dict[str, Any]:
    key = _load(arguments, "privateKeyPem", "privateKeyOpenssh")
    return {**arguments, "algorithm": algorithm(key), **public_parts(key), "id": hashlib.sha256(_der(key)).hexdigest()}


def get_certificate(arguments: Mapping[str, Any]) -> dict[str, Any]:
    if not arguments.get("content"):
        raise CloudError("tls.getCertificate: a rehearsal opens no connection; give `content` instead of `url`")
    certificates = x509.load_pem_x509_certificates(str(arguments["content"]).encode())
    described = [_describe(certificate) for certificate in certificates]
    return {**arguments, "certificates": described, "id": described[0]["sha1Fingerprint"]}


def _describe(certificate: x509.Certificate) -> dict[str, Any]:
    return {
        "certPem": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "isCa": any(isinstance(e.value, x509.BasicConstraints) and e.value.ca for e in certificate.extensions),
        "issuer": certificate.issuer.rfc4514_string(),
        "maxPathLength": 0,
        "notAfter": certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        "notBefore": certificate.not_valid_before_utc.isoformat().replace("+00:00", "Z"),
        "publicKeyAlgorithm": "RSA" if isinstance(certificate.public_key(), rsa.RSAPublicKey) else "ECDSA",
        "serialNumber": str(certificate.serial_number),
        "sha1Fingerprint": certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 (a name, not a signature)
        "signatureAlgorithm": str(certificate.signature_algorithm_oid._name),
        "subject": certificate.subject.rfc4514_string(),
        "version": 3,
    }


def _certificate(
    planned: PlannedResource,
    subject: x509.Name,
    issuer: x509.Name,
    public: Any,
    key: Key,
    names: list[x509.GeneralName],
) -> dict[str, Any]:
    inputs = planned.inputs
    end = _BEGIN + datetime.timedelta(hours=inputs["validityPeriodHours"])
    builder = (
        x509.CertificateBuilder(issuer, subject, public, int(planned.hex(30, "serial"), 16) + 1)
        .not_valid_before(_BEGIN)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=bool(inputs.get("isCaCertificate")), path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if uses := [_USES[use] for use in inputs["allowedUses"] if use in _USES]:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    signed = builder.sign(key, _hash(key), **_deterministic(key))
    return {
        "id": str(signed.serial_number),
        "certPem": signed.public_bytes(serialization.Encoding.PEM).decode(),
        "readyForRenewal": False,
        "validityStartTime": MOMENT,
        "validityEndTime": end.isoformat().replace("+00:00", "Z"),
    }


def _load(inputs: Mapping[str, Any], *names: str) -> Key:
    pem = next((inputs[name] for name in names if inputs.get(name)), None)
    if not isinstance(pem, str):
        raise CloudError(f"tls: found no {names[0]}, expected a private key in PEM")
    try:
        return serialization.load_pem_private_key(pem.encode(), None)  # pyright: ignore[reportReturnType]
    except ValueError as error:
        raise CloudError(f"tls: {names[0]} is no private key in PEM: {error}") from None


def _name(inputs: Mapping[str, Any]) -> x509.Name:
    subject = inputs.get("subject") or {}
    return x509.Name([x509.NameAttribute(oid, subject[key]) for key, oid in _SUBJECT.items() if subject.get(key)])


def _alternatives(inputs: Mapping[str, Any]) -> list[x509.GeneralName]:
    return [
        *(x509.DNSName(name) for name in inputs.get("dnsNames") or ()),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in inputs.get("ipAddresses") or ()),
        *(x509.UniformResourceIdentifier(uri) for uri in inputs.get("uris") or ()),
    ]


_TRADITIONAL = serialization.PrivateFormat.TraditionalOpenSSL


def _private(key: Key, form: serialization.PrivateFormat) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _der(key: Key) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def _hash(key: Key) -> Any:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _deterministic(key: Key) -> dict[str, Any]:
    return {"ecdsa_deterministic": True} if isinstance(key, ec.EllipticCurvePrivateKey) else {}


TLS = Helper(
    {
        "CertRequest": request,
        "LocallySignedCert": locally_signed,
        "PrivateKey": private_key,
        "SelfSignedCert": self_signed,
    },
    {"getCertificate": get_certificate, "getPublicKey": get_public_key},
)
