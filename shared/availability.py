"""Where a backend runs and what must survive a failure: the same block in every stack's YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.block import Block


class Availability(Block):
    """Regions and zones to spread over, and the floor no scaling may go below."""

    regions: tuple[str, ...] = Field(
        min_length=1, description="regions to serve from; the first is the provider's region"
    )
    zones: int = Field(ge=1, le=6, description="availability zones per region")
    zone_ids: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+-az\d+$")], ...] = Field(
        (), description="ids of the zones to use in all regions, such as use1-az4; without it, the first suitable ones"
    )
    min_instances: int = Field(ge=0, le=1000, description="instances each region must keep to survive a failure")
    protected: bool = Field(
        True,
        description="whether the engine refuses to delete or replace what callers refer to; false to allow it",
    )
