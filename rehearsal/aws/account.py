"""The rehearsal's AWS account: the example account of AWS's own documentation, its regions and their zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
ZONES: Mapping[str, str] = {
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html (those on by default)
REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)

# Elastic Load Balancing's own accounts and hosted zones per region:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
# https://docs.aws.amazon.com/general/latest/gr/elb.html
LOAD_BALANCING: Mapping[str, tuple[str, str]] = {
    "us-east-1": ("127311923021", "Z35SXDOTRQ7X7K"),
    "us-east-2": ("033677994240", "Z3AADJGX6KTTL2"),
    "us-west-1": ("027434742980", "Z368ELLRRE2KJ0"),
    "us-west-2": ("797873946194", "Z1H1FL5HABSF5"),
    "eu-central-1": ("054676820928", "Z215JYRZR1TBD5"),
    "eu-west-1": ("156460612806", "Z32O12XQLNTSW2"),
    "eu-west-2": ("652711504416", "ZHURV8PSTC4K8"),
    "ap-northeast-1": ("582318560864", "Z14GRHDCWA56QT"),
    "ap-southeast-1": ("114774131450", "Z1LMS91P8CMLE5"),
    "ap-southeast-2": ("783225319266", "Z1GM3OXH4ZPM65"),
}


def zones(region: str) -> list[str]:
    return [f"{region}{letter}" for letter in ZONES.get(region, "abc")]


def zone_id(zone: str) -> str:
    """`use1-az2` of `us-east-1b`. Which letter is which zone differs between accounts; here a is 1."""
    region, letter = zone[:-1], zone[-1]
    area, direction, number = region.rsplit("-", 2)
    short = "".join(part[0] for part in direction.replace("north", "north ").replace("south", "south ").split())
    return f"{area.replace('-', '')}{short}{number}-az{ord(letter) - ord('a') + 1}"


def load_balancing(region: str) -> tuple[str, str]:
    """Elastic Load Balancing's account and hosted zone in a region."""
    return LOAD_BALANCING.get(region, LOAD_BALANCING[DEFAULT_REGION])


def partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def dns_suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def region_of(inputs: Mapping[str, Any], config: Mapping[str, Any], fallback: str = DEFAULT_REGION) -> str:
    """The region of a resource or call: its own argument, else its provider's, else the rehearsal's."""
    for source in (inputs, config):
        if isinstance(region := source.get("region"), str) and region:
            return region
    return fallback
