"""Changes: the records of one name in Route 53, which are changed one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import lifecycle
from .dns import RECORD, ROUTED

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
