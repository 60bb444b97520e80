"""The account, a region and the availability zones used in it; AWS is asked for them once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pulumi_aws as aws

from shared.availability import Availability


@dataclass(frozen=True)
class Place:
    """One region of one account. `zones` are names such as us-east-1a, in a stable order."""

    account: str
    region: str
    zones: tuple[str, ...]

    @classmethod
    def find(
        cls, region: str, availability: Availability, *, services: Sequence[str] = (), instance_type: str | None = None
    ) -> Place:
        """The zones that the config names, else the first that have what the stack needs.

        `services` are those reached through an interface endpoint (`ecr.api`), `instance_type` is SageMaker's. Services
        are asked about in the provider's own region alone: the look-up takes no other.
        Raises ValueError, naming the key, when there are too few.
        """
        available = aws.get_availability_zones(
            state="available",
            region=region,
            # local and wavelength zones offer neither SageMaker nor Fargate
            filters=[{"name": "zone-type", "values": ["availability-zone"]}],
        )
        ids = dict(zip(available.names, available.zone_ids, strict=True))
        offers: dict[str, Collection[str]] = {}
        if region == aws.config.region:
            offers = {f"an endpoint of {service}": _zones_of_service(region, service) for service in services}
        if instance_type:
            offers[f"instances of {instance_type}"] = _zones_of_type(region, instance_type)
        return cls(aws.get_caller_identity().account_id, region, choose(region, ids, offers, availability))

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def choose(
    region: str, ids: Mapping[str, str], offers: Mapping[str, Collection[str]], availability: Availability
) -> tuple[str, ...]:
    """The required number of the region's zones, by name. `ids` maps names to ids, `offers` has the zones that offer
    each need.

    A name means different zones in different accounts; an id means the same zone in all accounts:
    https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
    """
    named = [zone for zone in sorted(ids) if not availability.zone_ids or ids[zone] in availability.zone_ids]
    without = {zone: [need for need, zones in offers.items() if zone not in zones] for zone in named}
    fit = tuple(zone for zone in named if not without[zone])
    if len(fit) < availability.zones:
        lacking = "; ".join(f"{zone} ({ids[zone]}) is without {', '.join(n)}" for zone, n in without.items() if n)
        known = ", ".join(f"{zone} ({ids[zone]})" for zone in sorted(ids))
        raise ValueError(
            f"availability.zones is {availability.zones}, expected at most {len(fit)} in {region}: "
            f"{lacking or f'it has {known}'}"
        )
    return fit[: availability.zones]


def _zones_of_service(region: str, service: str) -> Sequence[str]:
    name = f"com.amazonaws.{region}.{service}"
    return aws.ec2.get_vpc_endpoint_service(service_name=name, service_type="Interface").availability_zones


def _zones_of_type(region: str, instance_type: str) -> Sequence[str]:
    """The zones in which EC2 offers the type. SageMaker requires at least one subnet in such a zone."""
    return aws.ec2.get_instance_type_offerings(
        location_type="availability-zone",
        filters=[{"name": "instance-type", "values": [instance_type.removeprefix("ml.")]}],
        region=region,
    ).locations
