"""Certificates of listeners, distributions and domains: their region, and their validation before use."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"


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
