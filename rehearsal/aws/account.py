"""The rehearsal's AWS account, which is the example account of AWS's documentation, and its regions and zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.tables import read_table

ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"

FACTS = read_table(Path(__file__).with_name("account.toml"))
REGIONS: Sequence[str] = FACTS["regions"]


def zones(region: str) -> list[str]:
    return [f"{region}{letter}" for letter in FACTS["zones"].get(region, "abc")]


def zone_id(zone: str) -> str:
    """Returns the id of an availability zone: `us-east-1b` → `use1-az2`.

    The mapping of letters to numbers differs between accounts. Here the zone a has the number 1.
    """
    region, letter = zone[:-1], zone[-1]
    area, direction, number = region.rsplit("-", 2)
    short = "".join(part[0] for part in direction.replace("north", "north ").replace("south", "south ").split())
    return f"{area.replace('-', '')}{short}{number}-az{ord(letter) - ord('a') + 1}"


def load_balancing(region: str) -> tuple[str, str]:
    """Returns the account id and the hosted zone id of Elastic Load Balancing in a region."""
    known = FACTS["load_balancing"]
    owner, zone = known.get(region, known[DEFAULT_REGION])
    return owner, zone


def partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def dns_suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def region_of(inputs: Mapping[str, Any], config: Mapping[str, Any], fallback: str = DEFAULT_REGION) -> str:
    """Returns the region of a resource or call: its `region` input, else its provider's, else `fallback`."""
    for source in (inputs, config):
        if isinstance(region := source.get("region"), str) and region:
            return region
    return fallback
