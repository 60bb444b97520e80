"""Certificates of listeners, distributions and domains: their region, and their validation before use."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import LISTENERS
from rehearsal.values import UNKNOWN

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
DOMAIN = "aws:apigateway/domainName:DomainName"
_PATHS = (
    "certificateArn",
    "viewerCertificate.acmCertificateArn",
    "domainNameConfiguration.certificateArn",
    "regionalCertificateArn",
)


@rule(
    *LISTENERS,
    DISTRIBUTION,
    DOMAIN,
    source="https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html",
)
def certificate_of_the_region(it: Resource, program: Program) -> Found:
    path, everywhere = _path_and_reach(it)
    wanted = "us-east-1" if everywhere else it.region
    certificate = program.refer(it, path, CERTIFICATE)
    validation = program.refer(it, path, VALIDATION)
    if validation:
        certificate = program.refer(validation, "certificateArn", CERTIFICATE)
    written = re.match(r"arn:aws[\w-]*:acm:([a-z0-9-]+):", it.text(path))
    region = certificate.region if certificate else written[1] if written else ""
    if region and wanted and region != wanted:
        said = {
            DISTRIBUTION: f"InvalidViewerCertificate: The specified SSL certificate is in {region}, it must be in {wanted}",
            DOMAIN: f"BadRequestException: Invalid certificate ARN: it is in {region}. Certificate must be in '{wanted}'",
        }
        yield path, said.get(it.type, f"CertificateNotFound: Certificate is in {region}, it must be in {wanted}")


def _path_and_reach(it: Resource) -> tuple[str, bool]:
    """The path of the certificate's ARN, and whether the certificate is used at edge locations."""
    if it.type == DISTRIBUTION:
        return "viewerCertificate.acmCertificateArn", True
    if it.type == DOMAIN and it.get("regionalCertificateArn") is not None:
        return "regionalCertificateArn", False
    edge = it.type == DOMAIN and it.text("endpointConfiguration.types") in ("", "EDGE")
    return "certificateArn", edge and it.get("endpointConfiguration.types") is not UNKNOWN


@rule(DISTRIBUTION, source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html")
def certificate_covers_the_names(it: Resource, program: Program) -> Found:
    path = "viewerCertificate.acmCertificateArn"
    validation = program.refer(it, path, VALIDATION)
    certificate = program.refer(validation, "certificateArn", CERTIFICATE) if validation else None
    certificate = certificate or program.refer(it, path, CERTIFICATE)
    names = [certificate.get("domainName"), *certificate.list("subjectAlternativeNames")] if certificate else []
    known = certificate and certificate.get("subjectAlternativeNames", []) is not UNKNOWN and names[0]
    if not known or any(not isinstance(name, str) for name in names):
        return
    for name in it.list("aliases"):
        if isinstance(name, str) and not {name, f"*.{name.partition('.')[2]}"} & set(names):
            message = (
                "InvalidViewerCertificate: The certificate that is attached to your distribution doesn't cover the"
            )
            yield "aliases", f"{message} alternate domain name (CNAME) that you're trying to add: {name!r}"


@rule(
    *LISTENERS,
    DISTRIBUTION,
    "aws:apigatewayv2/domainName:DomainName",
    DOMAIN,
    source="https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html",
)
def certificate_is_validated_first(it: Resource, program: Program) -> Found:
    for path in _PATHS:
        certificate = program.refer(it, path, CERTIFICATE)
        if certificate is None or not certificate.new or certificate.get("validationMethod") not in ("DNS", "EMAIL"):
            continue
        if certificate.get("privateKey") is not None or certificate.get("certificateAuthorityArn") is not None:
            continue
        if not program.waits_for(it, *program.referring(certificate, "certificateArn", VALIDATION)):
            message = f"UnsupportedCertificate: The certificate {certificate.name!r} must have a fully-qualified domain"
            message = f"{message} name, a supported signature, and a supported key size"
            yield path, f"{message}: it is not issued before its validation"
