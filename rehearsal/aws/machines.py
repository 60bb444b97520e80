"""Instance types of EC2: what each has and where it is offered.

A type's name tells its size: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.aws import account
from rehearsal.cloud import Call, CloudError
from rehearsal.provider.answers import Answer, digits

_GIB = 1024
_SMALL = {"nano": (2, 0.5), "micro": (2, 1.0), "small": (2, 2.0), "medium": (2, 4.0), "large": (2, 8.0)}
# GiB per vCPU, by the letters a family begins with; the first that fits.
_MEMORY = {"c": 2.0, "r": 8.0, "x": 16.0, "u": 16.0, "z": 8.0, "hpc": 4.0, "inf": 2.0, "trn": 8.0, "p": 8.0}
# Accelerators by family: name, MiB of each, how many by size (else one).
_ACCELERATORS: Mapping[str, tuple[str, int, Mapping[str, int]]] = {
    "g4dn": ("T4", 16384, {"12xlarge": 4, "metal": 8}),
    "g5": ("A10G", 24576, {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8}),
    "g6": ("L4", 22888, {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8}),
    "g6e": ("L40S", 45776, {"12xlarge": 4, "24xlarge": 4, "48xlarge": 8}),
    "p3": ("V100", 16384, {"8xlarge": 4, "16xlarge": 8}),
    "p4d": ("A100", 40960, {"24xlarge": 8}),
    "p5": ("H100", 81920, {"48xlarge": 8}),
}
_COMMON = (
    "t3.micro",
    "t3.small",
    "t3.medium",
    "t3.large",
    "t4g.micro",
    "m5.large",
    "m7g.large",
    "c5.large",
    "r5.large",
)


def instance_type(call: Call) -> dict[str, Any]:
    """Raises CloudError for a text that is no instance type's name."""
    name = str(call.arguments.get("instanceType") or "")
    match = re.fullmatch(r"([a-z]+)(\d+)([a-z-]*)\.([a-z0-9-]+)", name)
    if match is None:
        raise CloudError(f"instanceType: found {name!r}, expected the name of an instance type such as 't3.micro'")
    letters, _, attributes, size = match.groups()
    cpus, memory = _size(letters, size)
    architecture = "arm64" if "g" in attributes or letters == "a" else "x86_64"
    return {
        "id": name,
        "instanceType": name,
        "bareMetal": "metal" in size,
        "burstablePerformanceSupported": letters == "t",
        "currentGeneration": True,
        "defaultVcpus": cpus,
        "defaultCores": max(1, cpus // 2) if architecture == "x86_64" else cpus,
        "defaultThreadsPerCore": 2 if architecture == "x86_64" else 1,
        "ebsEncryptionSupport": "supported",
        "ebsOptimizedSupport": "default",
        "enaSupport": "required",
        "gpuses": _gpus(name.partition(".")[0], size),
        "hypervisor": "nitro",
        "maximumNetworkInterfaces": 4,
        "memorySize": int(memory * _GIB),
        "networkPerformance": "Up to 10 Gigabit",
        "supportedArchitectures": [architecture],
        "supportedRootDeviceTypes": ["ebs"],
        "supportedUsagesClasses": ["on-demand", "spot"],
        "supportedVirtualizationTypes": ["hvm"],
    }


def _size(letters: str, size: str) -> tuple[int, float]:
    """vCPUs and GiB: `2xlarge` has eight vCPUs, and the family says how much memory each has."""
    per_cpu = next((gib for begin, gib in _MEMORY.items() if letters.startswith(begin)), 4.0)
    if size in _SMALL:
        cpus, memory = _SMALL[size]
        return cpus, memory if letters == "t" else cpus * per_cpu
    times = re.match(r"(\d*)xlarge", size)
    cpus = 4 * int(times.group(1) or 1) if times else 96
    return cpus, cpus * per_cpu


def _gpus(family: str, size: str) -> list[dict[str, Any]]:
    if family not in _ACCELERATORS:
        return []
    name, memory, counts = _ACCELERATORS[family]
    return [{"count": counts.get(size, 1), "manufacturer": "NVIDIA", "memorySize": memory, "name": name}]


def _select_types(call: Call) -> list[str]:
    """The types that the filters name; wildcards choose among the common ones, and so does saying nothing."""
    patterns = [
        str(value)
        for one in call.arguments.get("filters") or ()
        if one.get("name") == "instance-type"
        for value in one.get("values") or ()
    ]
    plain = [pattern for pattern in patterns if not re.search(r"[*?]", pattern)]
    chosen = [name for name in _COMMON if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)]
    return list(dict.fromkeys([*plain, *chosen]))


def instance_types(call: Call) -> dict[str, Any]:
    return {"id": call.scope, "instanceTypes": _select_types(call)}


def offerings(call: Call) -> dict[str, Any]:
    """Each type in each location: the zones, or the region."""
    kind, types = call.arguments.get("locationType") or "region", _select_types(call)
    if kind == "availability-zone":
        locations = account.zones(call.scope)
    elif kind == "availability-zone-id":
        locations = [account.zone_id(zone) for zone in account.zones(call.scope)]
    else:
        locations = [call.scope]
    pairs = [(name, location) for name in types for location in locations]
    return {
        "id": call.scope,
        "instanceTypes": [name for name, _ in pairs],
        "locations": [place for _, place in pairs],
        "locationTypes": [kind for _ in pairs],
    }


def offering(call: Call) -> dict[str, Any]:
    preferred, offered = call.arguments.get("preferredInstanceTypes") or [], _select_types(call)
    name = next((name for name in preferred if name in offered), offered[0] if offered else "t3.micro")
    return {"id": name, "instanceType": name, "location": call.scope}


def spot_price(call: Call) -> dict[str, Any]:
    price = 0.01 + int(digits(call, 4), 16) / 1_000_000
    return {"id": call.scope, "spotPrice": f"{price:.6f}", "spotPriceTimestamp": "2025-01-01T00:00:00Z"}


FACTS: Mapping[str, Answer] = {
    "aws:ec2/getInstanceType:getInstanceType": instance_type,
    "aws:ec2/getInstanceTypeOffering:getInstanceTypeOffering": offering,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": offerings,
    "aws:ec2/getInstanceTypes:getInstanceTypes": instance_types,
    "aws:ec2/getSpotPrice:getSpotPrice": spot_price,
}
