"""Random values, keys, certificates and images: of the right form, and the same in every rehearsal."""

from __future__ import annotations

import re
import string
import uuid
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.cloud import PlannedResource
from rehearsal.helpers.docker import DOCKER_BUILD
from rehearsal.helpers.keys import generate
from rehearsal.helpers.random import RANDOM, SPECIAL
from rehearsal.helpers.tls import TLS
from rehearsal.sdk.package import Sdk

SDKS = {package: Sdk(package) for package in ("random", "tls", "docker-build")}


def made(token: str, /, *, generation: int = 0, **inputs: Any) -> dict[str, Any]:
    package = token.split(":")[0]
    kind = SDKS[package].resource(token)
    planned = PlannedResource(kind, f"urn:pulumi:dev::p::{token}::x", "x", inputs, "").with_seed(generation)
    cloud = {"random": RANDOM, "tls": TLS, "docker-build": DOCKER_BUILD}[package]
    outputs = cloud.compute_outputs(planned, cloud.identity(planned))
    assert outputs == cloud.compute_outputs(replace(planned), cloud.identity(planned))
    return outputs


def random(name: str, /, **inputs: Any) -> dict[str, Any]:
    return made(f"random:index/{name[0].lower()}{name[1:]}:{name}", **inputs)


def tls(name: str, /, **inputs: Any) -> dict[str, Any]:
    return made(f"tls:index/{name[0].lower()}{name[1:]}:{name}", **inputs)


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 64), st.integers(0, 2), st.integers(0, 2), st.booleans())
def test_a_password_has_its_length_and_its_classes(length: int, digits: int, special: int, upper: bool) -> None:
    asked = {"length": length, "minNumeric": digits, "minSpecial": special, "upper": upper}
    found = random("RandomPassword", **asked)["result"]
    assert len(found) == length
    assert sum(c in string.digits for c in found) >= digits
    assert sum(c in SPECIAL for c in found) >= special
    assert upper or not any(c in string.ascii_uppercase for c in found)


def test_special_characters_may_be_forbidden_or_chosen() -> None:
    assert random("RandomString", length=40, special=False)["result"].isalnum()
    found = random("RandomString", length=40, overrideSpecial="_", lower=False, upper=False, numeric=False)["result"]
    assert found == "_" * 40


@pytest.mark.parametrize(("low", "high"), [(1, 1), (5, 9), (-3, 3)])
def test_an_integer_is_between_its_bounds(low: int, high: int) -> None:
    found = {random("RandomInteger", min=low, max=high, generation=g)["result"] for g in range(40)}
    assert found <= set(range(low, high + 1))
    assert len(found) > 1 or low == high


def test_other_random_values_have_their_form() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", random("RandomId", byteLength=4)["hex"])
    assert random("RandomId", byteLength=4, prefix="web-")["hex"].startswith("web-")
    assert uuid.UUID(random("RandomUuid")["result"]).version == 4
    assert len(bytes.fromhex(random("RandomBytes", length=7)["hex"])) == 7
    assert sorted(random("RandomShuffle", inputs=["a", "b", "c"])["results"]) == ["a", "b", "c"]
    assert len(random("RandomShuffle", inputs=["a", "b", "c"], resultCount=2)["results"]) == 2
    assert random("RandomPet", length=3)["separator"] == "-"


def test_a_replacement_gets_other_values() -> None:
    assert random("RandomUuid") != random("RandomUuid", generation=1)
    assert random("RandomId", byteLength=4, keepers={"a": "1"}) != random("RandomId", byteLength=4, keepers={"a": "2"})


@pytest.mark.parametrize(
    ("algorithm", "asked"),
    [("RSA", {"rsaBits": 2048}), ("ECDSA", {"ecdsaCurve": "P384"}), ("ECDSA", {}), ("ED25519", {})],
)
def test_keys_and_certificates_fit_together(algorithm: str, asked: dict[str, Any]) -> None:
    key = tls("PrivateKey", algorithm=algorithm, **asked)
    authority = tls(
        "SelfSignedCert",
        privateKeyPem=key["privateKeyPem"],
        allowedUses=["cert_signing"],
        validityPeriodHours=24,
        isCaCertificate=True,
        subject={"commonName": "authority"},
    )
    asking = tls("PrivateKey", algorithm=algorithm, generation=1, **asked)
    request = tls("CertRequest", privateKeyPem=asking["privateKeyPem"], dnsNames=["a.example"], subject={})
    signed = tls(
        "LocallySignedCert",
        certRequestPem=request["certRequestPem"],
        caPrivateKeyPem=key["privateKeyPem"],
        caCertPem=authority["certPem"],
        allowedUses=["server_auth"],
        validityPeriodHours=1,
    )
    certificate = x509.load_pem_x509_certificate(signed["certPem"].encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority["certPem"].encode()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example"]
    public = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert public.decode() == asking["publicKeyPem"] != key["publicKeyPem"]


def test_an_rsa_key_is_a_valid_one_of_its_size() -> None:
    key = generate("RSA", seed="a", bits=3072)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 3072
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    serialization.load_pem_private_key(pem, None)  # checks that the numbers belong together
    assert key.private_numbers() != generate("RSA", seed="b", bits=3072).private_numbers()  # type: ignore[union-attr]


def test_an_unknown_algorithm_is_named() -> None:
    with pytest.raises(ValueError, match="'DSA', expected RSA, ECDSA or ED25519"):
        generate("DSA", seed="a")


def test_an_image_digest_follows_its_content_and_no_path(tmp_path: Any) -> None:
    def digest(folder: str, text: str) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "Dockerfile").write_text(text)
        context = {"location": str(tmp_path / folder)}
        return made("docker-build:index:Image", push=False, tags=["r/app:1"], context=context)["ref"]

    first = digest("a", "FROM scratch")
    assert re.fullmatch(r"r/app:1@sha256:[0-9a-f]{64}", first)
    assert digest("b", "FROM scratch") == first
    assert digest("a", "FROM alpine") != first
