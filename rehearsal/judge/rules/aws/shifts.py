"""ECS services that shift traffic between two target groups: the load balancer that they require."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.balancing import BALANCERS, GROUPS, LISTENERS, RULES, kind_of
from rehearsal.judge.rules.aws.services import SERVICE

SHIFTING = frozenset({"BLUE_GREEN", "CANARY", "LINEAR"})
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"


def _registrations(it: Resource) -> list[tuple[str, Resource]]:
    """Path and content of each load balancer of a service that shifts traffic."""
    return it.blocks("loadBalancers") if it.text("deploymentConfiguration.strategy") in SHIFTING else []


@rule(SERVICE, source="https://github.com/terraform-aws-modules/terraform-aws-ecs/issues/377")
def shift_has_a_second_group(it: Resource) -> Found:
    for path, one in _registrations(it):
        if not one.get("advancedConfiguration") and not one.get("elbName"):
            strategy = it.text("deploymentConfiguration.strategy").lower()
            message = "ClientException: advancedConfiguration field is required for all loadBalancers when using the"
            yield path, f"{message} {strategy} deployment strategy"


@rule(SERVICE, source=f"{_GUIDE}/troubleshooting-blue-green.html")
def shift_names_a_rule(it: Resource, program: Program) -> Found:
    for path, _ in _registrations(it):
        for name in ("productionListenerRule", "testListenerRule"):
            inside = f"{path}.advancedConfiguration.{name}"
            listener = program.refer(it, inside, *LISTENERS)
            balancer = program.refer(listener, "loadBalancerArn", *BALANCERS) if listener else None
            written = ":listener/app/" in it.text(inside)
            if written or (balancer and kind_of(balancer) == "application"):
                message = f"{name} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB."
                yield inside, f"InvalidParameterException: {message}"


@rule(SERVICE, source=f"{_GUIDE}/migrate-code-deploy-to-ecs-blue-green.html")
def shift_forwards_to_both_groups(it: Resource, program: Program) -> Found:
    """Only judged with a single registration: with several, it is unknown before the apply which group belongs to which
    rule."""
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
    """The resources of `types` from which any value in a property comes."""
    urns = it.sources.get(name, ())
    return [found for urn in urns if (found := program.by_urn.get(urn)) and found.type in types]
