"""The `entrance` block: the public name under which a load balancer is reached, and what guards it."""

from __future__ import annotations

from pydantic import Field

from shared.aws.firewall_settings import FirewallSettings
from shared.block import Block


class Entrance(Block):
    """A name in a hosted zone of ours; its certificate is issued and renewed through that zone."""

    domain: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253, description="public name"
    )
    hosted_zone_id: str = Field(pattern=r"^Z[A-Z0-9]{1,31}$", description="Route 53 zone that the name lies in")
    deletion_protection: bool = Field(description="whether the load balancer refuses to be deleted")
    firewall: FirewallSettings = Field(description="the web ACL in front")
