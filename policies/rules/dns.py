"""Route 53: moving callers from a region that fails to one that works."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import STACK, availability

RECORD = "aws:route53/record:Record"
CHECK = "aws:route53/healthCheck:HealthCheck"
GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
CLOUDFRONT = "Z2FDTNDATAQYW2"  # the hosted zone of every distribution
GATEWAYS = ("aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName")
ROUTED = (
    "latencyRoutingPolicies",
    "failoverRoutingPolicies",
    "weightedRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "cidrRoutingPolicy",
)


def is_last_resort(record: Resource) -> bool:
    """Whether a record is the secondary of a failover pair: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html."""
    return any(policy.text("type") == "SECONDARY" for policy in record.children("failoverRoutingPolicies"))


@availability.high(
    RECORD,
    reference=f"{GUIDE}/dns-failover-types.html",
    fix="Set evaluate_target_health on the alias, or give the record a health check.",
)
def dns_routed_record_checks_health(record: Resource, stack: Stack) -> Iterator[str]:
    """A routed record has a health check, or evaluates its target's health.

    Latency and failover records without either still return a region that is down. (The secondary record of a
    failover pair is left out: there is no other record to return.) Route 53 always considers an API Gateway
    healthy, so an alias of one needs a health check.
    """
    if not any(record.count(policy) for policy in ROUTED) or record.has("healthCheckId") or is_last_resort(record):
        return
    if _is_always_healthy(record, stack):
        yield "healthCheckId is not set, wanted one: an alias of an API Gateway is healthy whatever is behind it"
    elif not any(alias.flag("evaluateTargetHealth") for alias in record.children("aliases")):
        yield "evaluateTargetHealth is false and healthCheckId is not set, wanted one of them"


def _is_always_healthy(record: Resource, stack: Stack) -> bool:
    """Whether the record is an alias of what Route 53 takes for healthy always.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html: for an API Gateway the evaluation
    "provides no operational benefit".
    """
    names = [alias.text("name") or "" for alias in record.children("aliases") if alias.known("name")]
    by_name = any(".execute-api." in name for name in names)
    return by_name or bool(stack.follow(record, "aliases", *GATEWAYS))


@availability.medium(
    RECORD,
    reference=f"{GUIDE}/resource-record-sets-values-alias-common.html",
    fix="Set evaluate_target_health on the alias.",
)
def dns_alias_evaluates_its_target(record: Resource, stack: Stack) -> Iterator[str]:
    """An alias evaluates its target's health.

    Otherwise Route 53 returns a load balancer without healthy targets even if a second record or a health check
    exists. (Left out are aliases of CloudFront distributions, which cannot be evaluated, and of API Gateways, whose
    evaluation says nothing.)
    """
    if _is_always_healthy(record, stack):
        return
    for alias in record.children("aliases"):
        zone = alias.text("zoneId") if alias.known("zoneId") else None
        name = alias.text("name") if alias.known("name") else ""
        front = zone == CLOUDFRONT or (name or "").rstrip(".").endswith("cloudfront.net")
        if record.text("type") in ("A", "AAAA") and not front and not alias.flag("evaluateTargetHealth"):
            yield f"evaluateTargetHealth is {alias.show('evaluateTargetHealth')}, wanted true"


@availability.medium(
    CHECK,
    reference=f"{GUIDE}/health-checks-creating-values.html",
    fix="Set failure_threshold and request_interval to 90 seconds or less together, and disabled to false.",
)
def dns_health_check_is_quick(check: Resource, *, seconds: int = 90) -> Iterator[str]:
    """A health check is enabled, uses TLS and decides within 90 seconds.

    Ten failures, one every thirty seconds, are five minutes of errors before the first caller is moved. (Checks
    that are computed from others or from alarms have no interval, and TCP checks no TLS.)
    """
    if check.flag("disabled"):
        yield "disabled is true, wanted false"
    if check.flag("invertHealthcheck"):
        yield "invertHealthcheck is true, wanted false: what does not answer would count as healthy"
    if check.text("insufficientDataHealthStatus") == "Healthy":
        yield 'insufficientDataHealthStatus is "Healthy", wanted "Unhealthy" or "LastKnownStatus"'
    kind = check.text("type") or ""
    if kind in ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"):
        return
    lasts = (check.number("failureThreshold") or 3) * (check.number("requestInterval") or 30)
    if lasts > seconds:
        yield f"failureThreshold × requestInterval is {lasts:g} s, wanted {seconds} s or less"
    if "HTTPS" not in kind and kind != "TCP":
        yield f'type is {check.show("type")}, wanted "HTTPS" or "HTTPS_STR_MATCH"'


@availability.high(
    CHECK,
    reference="https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
    fix="Set child_health_threshold to 1 or more, and to no more than there are children.",
)
def dns_calculated_check_follows_its_children(check: Resource) -> Iterator[str]:
    """A health check that is calculated from others can become both healthy and unhealthy.

    With a threshold of 0 Route 53 always takes it for healthy, and callers stay where nothing answers. With one above
    the number of children it is never healthy.
    """
    threshold, children = check.number("childHealthThreshold"), check.count("childHealthchecks")
    if check.text("type") == "CALCULATED" and threshold is not None and children:
        if threshold == 0:
            yield "childHealthThreshold is 0, which is always healthy, wanted 1 or more"
        if threshold > children:
            yield f"childHealthThreshold is {threshold:g} of {children} children, which is never healthy, wanted less"


@availability.high(
    STACK,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Give each of at least two regions a record of its own.",
    config_key="availability.regions",
)
def dns_routes_to_two_regions(root: Resource, stack: Stack) -> Iterator[str]:
    """A stack that routes by region has records for two regions.

    With one region, latency or failover routing does not help when that region fails.
    """
    routed = [r for r in stack.of(RECORD) if any(r.count(policy) for policy in ROUTED[:2])]
    identifiers = {r.text("setIdentifier") for r in routed}
    regions = [policy.text("region") for r in routed for policy in r.children(ROUTED[0])]
    if routed and len(identifiers) < 2:
        yield f"the routed records have {len(identifiers)} setIdentifier, wanted two: a record for each of two regions"
    if regions and len(set(regions)) < 2:
        yield f"every latency record is for {regions[0]}, wanted two regions"


@availability.medium(
    RECORD,
    reference=f"{GUIDE}/dns-failover-complex-configs.html",
    fix="Give the record a health_check_id, as the other records of the name have.",
)
def dns_records_of_a_name_all_check_health(record: Resource, stack: Stack) -> Iterator[str]:
    """A record has a health check if the other records of its name have one.

    A record without one always counts as healthy: while its region is down, its callers stay there. (Evaluating an
    alias's target is only part of that, because it does not see what the health check asks for.)
    """
    if record.has("healthCheckId") or not any(record.count(policy) for policy in ROUTED):
        return
    name = record.text_if_known("name")
    routed = [other for other in stack.of(RECORD) if any(other.count(policy) for policy in ROUTED)]
    checked = [other for other in routed if other.text_if_known("name") == name and other.has("healthCheckId")]
    if checked:
        yield f"healthCheckId is not set and {checked[0]} has one, wanted one for each"


@availability.medium(
    RECORD,
    reference=f"{GUIDE}/best-practices-dns.html",
    fix="Set ttl to 60, or make the record an alias.",
)
def dns_record_has_a_short_ttl(record: Resource, *, seconds: int = 300) -> Iterator[str]:
    """A record that is routed, or names a load balancer, has a short time to live.

    Resolvers keep an answer for its time to live. After a failover, callers use the region that is down until that
    time has passed, whatever the health check says. The same holds when a load balancer is replaced.
    """
    ttl = record.number("ttl")
    named = record.texts("records") if record.known("records") else []
    moves = any(record.count(policy) for policy in ROUTED) or any(".elb." in name for name in named)
    if moves and ttl is not None and ttl > seconds:
        yield f"ttl is {ttl:g} s, wanted {seconds} s or less"


@availability.high(
    RECORD,
    reference=f"{GUIDE}/dns-failover-types.html",
    fix="Let the secondary record lead to the other region.",
)
def dns_failover_leads_elsewhere(record: Resource, stack: Stack) -> Iterator[str]:
    """The secondary record of a failover leads somewhere else than the primary.

    Where both lead to the same place, Route 53 answers with what has just failed.
    """
    name = record.text_if_known("name")
    for other in stack.of(RECORD) if name and is_last_resort(record) else ():
        twin = all(other.text_if_known(path) == record.text_if_known(path) for path in ("name", "type", "zoneId"))
        primary = other.count("failoverRoutingPolicies") and not is_last_resort(other)
        if twin and primary and _leads_to(other) == _leads_to(record):
            yield f"it leads to {', '.join(_leads_to(record))}, as {other} does, wanted another place"


def _leads_to(record: Resource) -> list[str]:
    """What a record answers with, its own URN where that is not known: it is like no other then."""
    if not record.known("records") or not all(alias.known("name") for alias in record.children("aliases")):
        return [record.urn]
    names = [str(alias.text("name")) for alias in record.children("aliases")]
    return sorted([*record.texts("records"), *names])
