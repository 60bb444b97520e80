"""The fifteen targets as they are have no finding; broken in one property, they have the right one."""

from __future__ import annotations

import pytest

from policies.rules import catalogue
from tests.policies.mutations import ask, find_missed, inventory, mutations, of_deleted_stacks, targets

SHARE = 0.99
UNBREAKABLE = {
    "dns-failover-leads-elsewhere": "the stacks route by latency",
    "network-load-balancer-lets-its-callers-through": "the stacks' load balancers are application balancers",
    "sagemaker-model-is-isolated": "the models run in a network: sagemaker-model-in-a-network-is-isolated",
    "dns-routed-record-checks-health": "every routed record has both a health check and an alias with its own",
    "network-has-no-single-nat": "one of three gateways can go, and where there are two (dev) the rule is disabled",
    "scaling-target-has-a-policy": "every target has schedules beside its policies: scaling-target-follows-the-load",
    "change-can-replace-the-target-group": "the engine names the groups, so that a replaced one has another name",
    "change-of-a-model-reaches-its-endpoint": "the engine names the models",
    "azure-autoscale-is-the-only-one": "every target has one setting",
    "load-balancer-zones-have-targets": "the load balancers are application balancers, which cross zones by themselves",
    "lambda-alias-is-warm": "every alias has policies that want a target: lambda-alias-scales",
    "scaling-policy-steps-with-the-load": "no target scales by steps",
    "azure-kubernetes-deployment-has-room": "the deployments are managed",
    "api-integration-has-a-role": "the API calls a function",
    "api-method-caches-no-predictions": "the stage has no cache",
    "scaling-follows-the-queue-not-its-dead-letters": "the stacks have no queue",
    "lambda-url-permission-names-its-callers": "the stacks have no function URL",
    "lambda-keeps-failed-events": "the functions are called by those who wait for them",
    "sagemaker-isolated-model-is-given-its-weights": "the models are given their artefact",
    "lambda-permission-fits-a-route": "the API is a REST API",
    "network-isolated-tasks-reach-their-services": "the service's network has a way out",
    "network-workloads-have-a-route-out": "the networks have endpoints, or are a component's",
    "scaling-policy-has-a-step-for-the-breach": "no target scales by steps",
    "scaling-policy-is-called-by-its-own-alarm": "no target scales by steps",
    "sagemaker-target-scales-from-zero": "no endpoint of the stacks is asynchronous",
    "sagemaker-large-model-has-time-to-start": "the instances are small, and both limits are set",
}


@pytest.mark.parametrize("target", targets())
def test_untouched_target_has_no_finding(target: str) -> None:
    assert ask(target, inventory(target)) == []


@pytest.mark.parametrize(
    "target",
    # the others have what prod has, less of it: their breaks are tried nightly
    [pytest.param(target, marks=() if target.endswith("/prod") else pytest.mark.soak) for target in targets()],
)
def test_breaks_of_a_target_are_found_by_the_right_rule(target: str) -> None:
    every = [mutation for mutation in mutations() if mutation.target == target]
    lost = [str(mutation) for mutation in find_missed(target)]

    assert len(every) >= 10
    assert len(lost) <= (1 - SHARE) * len(every), lost


def test_there_are_enough_breaks_of_rules_that_exist() -> None:
    broken = {mutation.change.rule for mutation in mutations()}

    assert len(mutations()) >= 200
    assert broken <= {rule.name for rule in catalogue()}


def test_every_rule_that_judges_something_in_a_target_is_broken_there() -> None:
    recorded = {each["type"] for target in targets() for each in inventory(target).values()}
    judging = {rule.name for rule in catalogue() if recorded & set(rule.on)}

    broken = {mutation.change.rule for mutation in mutations() if mutation.target in targets()}
    assert judging - broken - of_deleted_stacks() <= UNBREAKABLE.keys()
    assert not broken & UNBREAKABLE.keys()


def test_a_break_is_one_property_away() -> None:
    target = targets()[0]
    untouched = inventory(target)
    for mutation in (mutation for mutation in mutations() if mutation.target == target):
        broken = mutation.change.apply_to(untouched)
        assert [key for key in untouched if broken.get(key) != untouched[key]] == [mutation.change.resource]
