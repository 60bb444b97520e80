"""ECS services that shift traffic between two target groups: their requirements for listeners and listener rules."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import GROUPS, RULES
from rehearsal.judge.rules.aws.services import SERVICE

SHIFTING = frozenset({"BLUE_GREEN", "CANARY", "LINEAR"})
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def _registrations(it: Resource) -> list[tuple[str, Resource]]:
    """The path and content of each load balancer entry of a service that shifts traffic."""
    return it.blocks("loadBalancers") if it.text("deploymentConfiguration.strategy") in SHIFTING else []


@rule(SERVICE, source=f"{_GUIDE}/migrate-code-deploy-to-ecs-blue-green.html")
def shift_forwards_to_both_groups(it: Resource, program: Program) -> Found:
    """Judges only services with a single load balancer entry. With several, the preview does not show which target
    group belongs to which listener rule."""
    registrations = list(_registrations(it))
    groups, rules = _find_used(it, "loadBalancers", program, GROUPS), _find_used(it, "loadBalancers", program, RULES)
    if len(registrations) != 1 or len(groups) != 2 or not rules:
        return
    reached = [group for one in rules for group in _find_used(one, "actions", program, GROUPS)]
    if reached and not all(group in reached for group in groups):
        message = "Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or"
        found = f"invalid networking configuration. {message} testListenerRule."
        yield f"{registrations[0][0]}.advancedConfiguration", f"Service deployment rolled back because of {found}"


def _find_used(it: Resource, name: str, program: Program, types: tuple[str, ...]) -> list[Resource]:
    """The resources of `types` that a value in the property comes from."""
    urns = it.sources.get(name, ())
    return [found for urn in urns if (found := program.by_urn.get(urn)) and found.type in types]
