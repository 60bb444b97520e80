"""Changes: which way callers are led, by the records of a name in Route 53 and the rules of a listener."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..replacement import differs
from ..resources import Resource, Stack
from ..rule import availability, lifecycle
from .dns import RECORD, ROUTED

CHECK = "aws:route53/healthCheck:HealthCheck"
FOLLOWS = {
    RECORD: ("healthCheckId", "latencyRoutingPolicies[0].region", "failoverRoutingPolicies[0].type"),
    CHECK: (
        *("type", "port", "resourcePath", "searchString", "fqdn", "ipAddress", "invertHealthcheck", "disabled"),
        *("childHealthThreshold", "cloudwatchAlarmName", "cloudwatchAlarmRegion", "insufficientDataHealthStatus"),
    ),
}
MULTIVALUE = "multivalueAnswerRoutingPolicy"


def routing(record: Resource) -> str:
    """The property that says how a record is chosen among those of its name."""
    chosen = [policy for policy in ROUTED if record.count(policy)]
    return chosen[0] if chosen else MULTIVALUE if record.flag(MULTIVALUE) else "no routing policy"


def place(record: Resource) -> tuple[str | None, ...]:
    """What records have in common among which Route 53 chooses."""
    return tuple(record.text_if_known(path) for path in ("zoneId", "name", "type"))


@lifecycle.high(
    RECORD,
    reference="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
    fix="Make the records under another name and move callers, or delete those of the name in a deployment before.",
)
def change_keeps_the_routing_of_a_name(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change keeps the routing policy of a name that has several records.

    Route 53 allows one routing policy per name and type. The provider changes one record at a time. It refuses the
    first ("cannot be created as other RRSets exist with the same name and type") while the others still have the
    old policy, and the deployment ends there (github.com/kubernetes-sigs/external-dns/issues/4345). (A name with a
    single record is left out.)
    """
    if place(was) != place(now):
        return
    old, new = routing(was), routing(now)
    beside = [record for record in stack.deployed.of(RECORD) if record.urn != was.urn and place(record) == place(was)]
    if old != new and beside:
        yield f"{new} is in place of {old} while {beside[0]} has the same name, wanted the policy kept, or another name"


@availability.high(
    *FOLLOWS,
    reference="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html",
    fix="Keep it, or change every record of the name with it.",
)
def change_keeps_what_a_record_follows(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not let a record follow another region, or a health that is measured otherwise, unnoticed.

    The records of a name are a set: each has its region, its place in the failover and its own health. If one of them
    takes over another's, an outage moves no callers, or moves all of them.
    """
    for path in FOLLOWS[was.type]:
        if now.known(path) and was.known(path) and was.has(path) and not now.has(path):
            yield f"{path} was {was.show(path)} and is not set, wanted it kept"
        elif differs(was, now, path):
            yield f"{path} is {now.show(path)} and was {was.show(path)}, wanted it kept"


@availability.medium(
    "aws:lb/listenerRule:ListenerRule",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
    fix="Keep the value, or move its callers first.",
)
def change_keeps_what_a_listener_rule_takes(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not take a path or a host out of a listener's rule unnoticed.

    Its requests get the listener's default answer from then on, often a 404: callers of an older version, and the
    health checks of what stands in front, notice first.
    """
    before, after = _list_values(was), _list_values(now)
    lost = [path for path in sorted(before) if not any(fnmatchcase(path, kept) for kept in after)]
    if lost and after:
        yield f"{lost[0]} is no longer taken, wanted it kept"


def _list_values(rule: Resource) -> set[str]:
    """The paths and hosts that a rule's conditions name."""
    return {
        text
        for condition in rule.children("conditions")
        for kind in ("pathPattern", "hostHeader")
        for text in (condition.texts(f"{kind}.values") if condition.known(f"{kind}.values") else ())
    }
