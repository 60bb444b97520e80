"""The `firewall` block of a public entrance."""

from __future__ import annotations

from pydantic import Field

from shared.block import Block


class FirewallSettings(Block):
    """Whether a web ACL stands in front, and when it stops a single address."""

    enabled: bool = Field(True, description="whether a web ACL stands in front")
    requests_per_5_minutes: int = Field(
        ge=10, le=2_000_000_000, description="requests in five minutes above which one address is blocked"
    )
