"""Private subnets: what lies in them gets no public address, and reaches what it does not start without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import SUBNET, Resource, Stack
from ..rule import availability, hygiene
from ..security_groups import INTERFACE
from ..serving import SERVICE, TASK
from .fargate import PRIVATE_IMAGE
from .network import HUB
from .network_ways import OUTWARD, find_ways_out, is_fargate, list_subnets

SECRET = re.compile(r"arn:aws[\w-]*:(?P<service>secretsmanager|ssm):.*")


@hygiene.medium(
    SUBNET,
    reference=f"{HUB}#ec2-15",
    fix="Take map_public_ip_on_launch away, or lead the subnet's 0.0.0.0/0 to the internet gateway.",
)
def network_private_subnet_gives_no_public_addresses(subnet: Resource, stack: Stack) -> Iterator[str]:
    """A subnet that does not lead to the internet gives no public addresses.

    The addresses do nothing while the route leads elsewhere. On the day that a route to the internet gateway is added,
    every machine in the subnet is reachable from outside. (Public subnets are left out: what lies in them is public.)
    """
    ways = find_ways_out(subnet, stack)
    if subnet.flag("mapPublicIpOnLaunch") and ways is not None and not ways & OUTWARD:
        yield "mapPublicIpOnLaunch is true and no route leads to an internet gateway, wanted false"


@availability.high(
    SERVICE,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html",
    fix="Add an interface endpoint for each service that is named, or a way out of the network.",
)
def network_isolated_tasks_reach_their_services(service: Resource, stack: Stack) -> Iterator[str]:
    """Fargate tasks in a network without a way out have endpoints for what they start with.

    Before a container starts, Fargate fetches its image and its secrets through the task's own interface, and opens its
    log. Without an endpoint the task stops (ResourceInitializationError), again and again. Judged where the program has
    endpoints and the route tables of every subnet.
    """
    ways = [find_ways_out(subnet, stack) for subnet in list_subnets(service, stack)]
    names = [interface.text_if_known("serviceName") for interface in stack.of(INTERFACE)]
    if not ways or any(found != set() for found in ways) or not names or None in names or not is_fargate(service):
        return
    ends = {".".join((name or "").split(".")[3:]) for name in names}
    tasks = stack.follow(service, "taskDefinition", TASK)
    entries = [entry for task in tasks for entry in task.document("containerDefinitions").children("items")]
    wanted = {end for entry in entries for end in _list_needed(entry)}
    if missing := sorted(wanted - ends):
        yield f"no route leads out and no endpoint is for {', '.join(missing)}, wanted one each"


def _list_needed(container: Properties) -> Iterator[str]:
    """The services without which a container does not start, as the names of their endpoints end."""
    if PRIVATE_IMAGE.fullmatch(container.text("image") or ""):
        yield from ("ecr.api", "ecr.dkr", "s3")
    if container.text("logConfiguration.logDriver") == "awslogs":
        yield "logs"
    for secret in container.children("secrets"):
        value = secret.text("valueFrom") or ""
        found = SECRET.fullmatch(value)
        yield found["service"] if found else "ssm"  # a name alone is a parameter's
