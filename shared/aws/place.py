"""Where things stand: the account, a region and the availability zones used in it, asked of AWS once."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws


@dataclass(frozen=True)
class Place:
    """One region of one account. `zones` are names such as us-east-1a, in a stable order."""

    account: str
    region: str
    zones: tuple[str, ...]

    @classmethod
    def find(cls, region: str, zones: int) -> Place:
        """The first `zones` zones of the region.

        Raises ValueError, naming the key, when the region has fewer.
        """
        available = aws.get_availability_zones(
            state="available",
            region=region,
            # local and wavelength zones offer neither SageMaker nor Fargate
            filters=[{"name": "zone-type", "values": ["availability-zone"]}],
        )
        names = tuple(sorted(available.names))
        if len(names) < zones:
            raise ValueError(f"availability.zones is {zones}, expected at most {len(names)}: {region} has {names}")
        return cls(aws.get_caller_identity().account_id, region, names[:zones])

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
