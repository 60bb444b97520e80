"""The `entrance` block: the public name under which something is reached, and what guards it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from shared.availability import Availability
from shared.block import Block
from shared.settings import Contradiction

Cidr = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/([0-9]|[12][0-9]|3[0-2])$")]


def load_balancer_has_zones(availability: Availability) -> Iterator[Contradiction]:
    if availability.zones < 2:
        yield Contradiction("availability.zones", availability.zones, "at least 2", "a load balancer needs two subnets")


class FirewallSettings(Block):
    """Whether a web ACL stands in front, and when it stops a single address."""

    enabled: bool = Field(True, description="whether a web ACL stands in front")
    requests_per_5_minutes: int = Field(
        ge=10, le=2_000_000_000, description="requests in five minutes above which one address is blocked"
    )


class PublicName(Block):
    """A name in a hosted zone of ours; its certificate is issued and renewed through that zone."""

    domain: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253, description="public name"
    )
    hosted_zone_id: str = Field(pattern=r"^Z[A-Z0-9]{1,31}$", description="Route 53 zone that the name lies in")


class Entrance(PublicName):
    """A load balancer under its name."""

    clients: tuple[Cidr, ...] = Field(min_length=1, description="addresses that may connect, as IPv4 networks")
    deletion_protection: bool = Field(description="whether the load balancer refuses to be deleted")
    firewall: FirewallSettings = Field(description="the web ACL in front")
