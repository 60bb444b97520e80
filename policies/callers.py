"""Who may call an API without an authorizer: health checks, and whoever has shown a certificate."""

from __future__ import annotations

import re

from .resources import Resource, Stack

HEALTH = re.compile(r"/?([\w-]+/)*(health(z|check)?|ping|ready|readyz|readiness|live|livez|liveness)", re.IGNORECASE)
# a mapping of an API to a domain: type, the property that names the API, the one that names the domain, its type
MAPPINGS = (
    ("aws:apigatewayv2/apiMapping:ApiMapping", "apiId", "domainName", "aws:apigatewayv2/domainName:DomainName"),
    ("aws:apigateway/basePathMapping:BasePathMapping", "restApi", "domainName", "aws:apigateway/domainName:DomainName"),
)


def is_health(verb: str, path: str) -> bool:
    """Whether a route answers health checks, of which Route 53's and load balancers' cannot sign."""
    return verb in ("GET", "HEAD") and HEALTH.fullmatch(path) is not None


def asks_for_certificates(api: Resource, stack: Stack) -> bool:
    """Whether callers reach the API by domains with mutual TLS alone.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html: the default address knows no
    mutual TLS and must be off.
    """
    domains = [
        domain
        for type_, path, named, domain_type in MAPPINGS
        for mapping in stack.referring(api, type_, path)
        for domain in stack.follow(mapping, named, domain_type)
    ]
    trusted = all(domain.has("mutualTlsAuthentication.truststoreUri") for domain in domains)
    return api.flag("disableExecuteApiEndpoint") is True and bool(domains) and trusted
