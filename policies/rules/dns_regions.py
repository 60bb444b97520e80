"""Route 53 between regions: that each region's record has its own address and its own health check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability
from .dns import CHECK, RECORD, ROUTED
from .load_balancer import BALANCER

REFERENCE = "https://docs.aws.amazon.com/Route53/latest/APIReference"
LATENCY = "latencyRoutingPolicies"
# the region in a name that AWS gives: x.us-east-1.elb.amazonaws.com, x.elb.us-east-1.amazonaws.com, x.execute-api.…
REGION = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:elb\.)?amazonaws\.com")
WEB = (80, 443)


def _region_of(record: Resource) -> str | None:
    """The region that a latency record is for."""
    return next((policy.text("region") for policy in record.children(LATENCY)), None)


def _twins(record: Resource, stack: Stack) -> list[Resource]:
    """The other records of the same name and type that are routed by failover or latency."""
    same = [(record.text_if_known(path)) for path in ("name", "type")]
    return [
        other
        for other in stack.of(RECORD)
        if other.urn != record.urn
        and all(same)
        and [other.text_if_known(path) for path in ("name", "type")] == same
        and any(other.count(policy) for policy in ROUTED[:2])
    ]


@availability.high(
    RECORD,
    reference=f"{REFERENCE}/API_ResourceRecordSet.html",
    fix="Give each of the records a health check of what it leads to.",
)
def dns_records_have_health_checks_of_their_own(record: Resource, stack: Stack) -> Iterator[str]:
    """Each of the records between which callers are moved has a health check of its own.

    With one check for both, they are healthy and unhealthy together. When it fails Route 53 has no better record, and
    goes on answering with the one that is down.
    """
    own = _checks_of(record)
    for other in _twins(record, stack):
        if own & _checks_of(other):
            yield f"healthCheckId is also that of {other}, wanted a check of its own"


def _checks_of(record: Resource) -> set[str]:
    """What a record's health check is known by: the resource that makes it, and its id."""
    checks = {urn for urn in record.list_sources("healthCheckId") if CHECK in urn}
    name = record.text_if_known("healthCheckId")
    return checks | ({name} if name else set())


@availability.high(
    RECORD,
    reference=f"{REFERENCE}/API_ResourceRecordSet.html",
    fix="Let each region's record lead to that region, and its health check watch that region's alarm.",
)
def dns_latency_record_is_about_its_region(record: Resource, stack: Stack) -> Iterator[str]:
    """A latency record leads to the region that it is for, and its health check watches an alarm of that region.

    With the regions crossed, callers travel to the far one. With the alarms crossed, the region that fails keeps its
    callers, and the one that works loses them. Judged where another record of the name is for the region that is meant.
    """
    region = _region_of(record)
    others = {_region_of(other) for other in _twins(record, stack)} - {region, None}
    for place in _places(record, stack) if region else ():
        if place in others:
            yield f"it is for {region} and leads to {place}, wanted an address of {region}"
    for check in _checks_below(record, stack) if region else ():
        if (watched := check.text("cloudwatchAlarmRegion")) in others:
            yield f"it is for {region} and {check} watches an alarm of {watched}, wanted one of {region}"


def _places(record: Resource, stack: Stack) -> set[str]:
    """The regions of what a record answers with, as far as they are known."""
    names = [alias.text("name") or "" for alias in record.children("aliases") if alias.known("name")]
    names += record.texts("records") if record.known("records") else []
    found = {match[1] for name in names if (match := REGION.search(name))}
    made = {balancer.text_if_known("region") for balancer in stack.follow(record, "aliases", BALANCER)}
    return found | {place for place in made if place}


def _checks_below(record: Resource, stack: Stack) -> list[Resource]:
    """A record's health check, and those that it is calculated from."""
    checks = stack.follow(record, "healthCheckId", CHECK)
    return [*checks, *(child for check in checks for child in stack.follow(check, "childHealthchecks", CHECK))]


@availability.medium(
    CHECK,
    reference=f"{REFERENCE}/API_HealthCheckConfig.html",
    fix='Set type to "HTTPS" and resource_path to a path that asks the model server.',
)
def dns_health_check_asks_for_an_answer(check: Resource) -> Iterator[str]:
    """A health check of a web port asks for an answer, not only for a connection.

    A load balancer or gateway accepts connections while everything behind it is down. It is advice: for callers who
    bring certificates, the connection can be all that may be asked.
    """
    if check.text("type") == "TCP" and check.number("port") in WEB:
        yield f'type is "TCP" at port {check.show("port")}, wanted "HTTPS"'
