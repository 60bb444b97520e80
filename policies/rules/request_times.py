"""How long a container says that a request may take, against what stands in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability
from ..serving import GROUP, SERVICE, TASK
from .load_balancer import BALANCER, LISTENER, LISTENER_RULE

# an environment variable that can only mean a request's time, and the unit that its name says
NAMED = re.compile(
    r"(?:\w+_)?(?:REQUEST|RESPONSE|INFERENCE|PREDICT|PREDICTION)_TIMEOUT(?:_(S|SEC|SECONDS|MS|MILLISECONDS))?"
)
# https://docs.gunicorn.org/en/stable/settings.html#timeout
GUNICORN = re.compile(r"gunicorn\b.*?\s(?:--timeout[= ]|-t )(\d+)")
MILLISECONDS = ("MS", "MILLISECONDS")
USUAL = 60


@availability.medium(
    SERVICE,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout",
    fix="Set idle_timeout of the load balancer to more than the longest request, or answer earlier.",
)
def ecs_service_answers_within_the_idle_timeout(service: Resource, stack: Stack) -> Iterator[str]:
    """An application load balancer waits for as long as the container says that a request may take.

    It closes a connection on which nothing moves: the caller gets 504 and asks again, while the first answer is still
    being computed. Judged where the container's environment or its gunicorn command states a time.
    """
    containers = [
        container
        for task in stack.follow(service, "taskDefinition", TASK)
        if task.known("containerDefinitions")
        for container in task.document("containerDefinitions").children("items")
    ]
    longest = max((time for container in containers for time in _list_times(container)), default=0.0)
    for balancer in _list_balancers(service, stack):
        waits = balancer.number("idleTimeout") or USUAL
        if longest > waits and balancer.text("loadBalancerType") in (None, "", "application"):
            yield f"a request may take {longest:g} s and {balancer} waits {waits:g} s, wanted it to wait longer"


def _list_times(container: Properties) -> Iterator[float]:
    """The seconds that a container's environment and command allow a request."""
    for entry in container.children("environment"):
        named, value = NAMED.fullmatch(entry.text("name") or ""), entry.text("value") or ""
        if named and re.fullmatch(r"\d+(\.\d+)?", value):
            yield float(value) / (1000 if named[1] in MILLISECONDS else 1)
    words = " ".join([*container.texts("entryPoint"), *container.texts("command")])
    if stated := GUNICORN.search(words):
        yield float(stated[1])


def _list_balancers(service: Resource, stack: Stack) -> list[Resource]:
    found: dict[str, Resource] = {}
    for group in stack.follow(service, "loadBalancers", GROUP):
        listeners = stack.referring(group, LISTENER, "defaultActions")
        for rule in stack.referring(group, LISTENER_RULE, "actions"):
            listeners += stack.follow(rule, "listenerArn", LISTENER)
        for listener in listeners:
            found |= {balancer.urn: balancer for balancer in stack.follow(listener, "loadBalancerArn", BALANCER)}
    return list(found.values())
