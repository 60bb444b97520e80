"""Certificates: they are issued, and they renew themselves or somebody is told before they end."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability
from .alarms import metrics_with_alarms

CERTIFICATE = "aws:acm/certificate:Certificate"


@availability.high(
    CERTIFICATE,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/acm-controls.html#acm-1",
    fix="Let ACM issue the certificate and validate it by DNS, or add an alarm on DaysToExpiry.",
)
def certificate_renews_itself(certificate: Resource, stack: Stack) -> Iterator[str]:
    """A certificate renews itself, or an alarm tells somebody before it ends.

    ACM renews certificates that it issued and validates by DNS. An imported certificate ends on its day. One that
    is validated by mail ends unless somebody follows the link in the mail. Every caller is then refused at once. A
    certificate whose DNS record nobody creates is never issued
    (docs.aws.amazon.com/acm/latest/userguide/dns-validation.html).
    """
    by_mail = certificate.text("validationMethod") == "EMAIL"
    if certificate.text("validationMethod") == "DNS" and not _is_validated(certificate, stack):
        yield "no record or validation takes this certificate's domainValidationOptions, wanted one"
    watched = metrics_with_alarms(stack, certificate, "AWS/CertificateManager")
    if "DaysToExpiry" in watched:
        return
    if certificate.has("privateKey"):
        yield "privateKey is set and no alarm is on DaysToExpiry, wanted a certificate of ACM's or the alarm"
    elif by_mail:
        yield 'validationMethod is "EMAIL" and no alarm is on DaysToExpiry, wanted "DNS" or the alarm'


def _is_validated(certificate: Resource, stack: Stack) -> bool:
    """Whether the certificate is issued, or the program validates it or makes a record from it."""
    if certificate.text_if_known("status") == "ISSUED":
        return True
    return certificate.urn in stack.remember("sources of records and validations", lambda: set(_list_sources(stack)))


def _list_sources(stack: Stack) -> Iterator[str]:
    """The URNs that records and validations take a value from."""
    for resource in stack.resources:
        if any(part in resource.type.casefold() for part in ("record", "certificatevalidation")):
            yield from (urn for urns in resource.links.values() for urn in urns)
