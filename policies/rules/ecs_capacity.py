"""What capacity the tasks of a service take: on demand and Spot, by the service's strategy or the cluster's."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability
from ..serving import CLUSTER, SERVICE
from ..serving import SCALABLE as TARGET

PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
OWN, DEFAULT = "capacityProviderStrategies", "defaultCapacityProviderStrategies"
SPOT = "FARGATE_SPOT"


def _list_strategies(service: Resource, stack: Stack) -> list[Properties]:
    """A service's strategy, or the one of its cluster where it has neither one nor a launch type."""
    own = service.children(OWN)
    if own or service.has("launchType"):
        return own
    clusters = stack.follow(service, "cluster", CLUSTER)
    given = [each for cluster in clusters for each in stack.referring(cluster, PROVIDERS, "clusterName")]
    return [strategy for each in given for strategy in each.children(DEFAULT)]


def _number(strategy: Properties, path: str) -> float:
    return strategy.number(path) or 0


@availability.medium(
    SERVICE,
    reference=f"{GUIDE}/fargate-capacity-providers.html",
    fix="Give the FARGATE capacity provider a base or a weight.",
    config_key="service.on_demand_base",
    serving=True,
)
def ecs_service_is_not_all_spot(service: Resource, stack: Stack) -> Iterator[str]:
    """A service runs at least a share of its tasks on capacity that is not interrupted.

    Spot tasks get two minutes' notice, and a whole pool can disappear at once. A base or a share on demand then
    still answers. Without a strategy of its own a service has its cluster's.
    """
    strategies = _list_strategies(service, stack)
    used = [each for each in strategies if _number(each, "base") >= 1 or _number(each, "weight") >= 1]
    if used and all(each.text("capacityProvider") == SPOT for each in used):
        yield "every capacityProviderStrategies entry in use is FARGATE_SPOT, wanted another with a base or weight"


@availability.medium(
    SERVICE,
    reference=f"{API}/API_CapacityProviderStrategyItem.html",
    fix="Set base of FARGATE to 2 or more.",
    config_key="service.on_demand_base",
    serving=True,
)
def ecs_service_keeps_two_off_spot(service: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A service that uses Spot keeps two tasks on demand at its minimum.

    The base is placed first, the rest by weight: with a base of none or one, most of a small fleet is on Spot, and when
    Spot is taken back what stays carries everybody. It is advice: some services bear that.
    """
    strategies = _list_strategies(service, stack)
    spot = [each for each in strategies if each.text("capacityProvider") == SPOT]
    kept = [each for each in strategies if each.text("capacityProvider") == "FARGATE"]
    taking = sum(_number(each, "weight") for each in spot) or sum(_number(each, "base") for each in spot)
    if not taking or not kept or len(spot) + len(kept) < len(strategies):
        return
    targets = stack.referring(service, TARGET, "resourceId")
    tasks = min([_number(target, "minCapacity") for target in targets] or [_number(service, "desiredCount")])
    base, first = sum(_number(each, "base") for each in kept), sum(_number(each, "base") for each in strategies)
    share = sum(_number(each, "weight") for each in kept)
    every = share + sum(_number(each, "weight") for each in spot)
    placed = floor(min(base, tasks) + max(0, tasks - first) * (share / every if every else 0))
    if placed < min(least, tasks):
        yield f"of {tasks:g} tasks {placed} are on demand, wanted {min(least, tasks):g}"


@availability.critical(
    SERVICE,
    PROVIDERS,
    reference=f"{API}/API_CapacityProviderStrategyItem.html",
    fix="Give one capacity provider a weight above 0, and one alone a base.",
)
def ecs_capacity_strategy_can_place_tasks(resource: Resource) -> Iterator[str]:
    """A strategy of several capacity providers has a weight above 0, and one base at most.

    What has a weight of 0, the default, gets no task beyond the base. Where all have, ECS makes no service and runs no
    task with the strategy; two bases it refuses.
    """
    path = OWN if resource.type == SERVICE else DEFAULT
    strategies = resource.children(path)
    if len(strategies) > 1 and not any(_number(each, "weight") for each in strategies):
        yield f"every weight in {path} is 0, wanted one above 0"
    based = [each.show("capacityProvider") for each in strategies if _number(each, "base")]
    if len(based) > 1:
        yield f"{path} gives {' and '.join(based)} a base, wanted one"
