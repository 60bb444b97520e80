"""EC2 instance types: their properties, derived from the name and `machines.toml`, and the zones that offer them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rehearsal.aws import account
from rehearsal.cloud import Call, CloudError
from rehearsal.provider.answers import Answer, digits
from rehearsal.tables import read_table

_GIB = 1024
_TYPES = read_table(Path(__file__).with_name("machines.toml"))


def instance_type(call: Call) -> dict[str, Any]:
    """Returns the properties of an instance type. Raises CloudError for a text that is not an instance type."""
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
    """The vCPUs and the memory in GiB. The size gives the vCPUs (`2xlarge`: 8), the family the memory per vCPU."""
    per_cpu = next((gib for begin, gib in _TYPES["memory"].items() if letters.startswith(begin)), 4.0)
    if size in _TYPES["small"]:
        cpus, memory = _TYPES["small"][size]
        return cpus, memory if letters == "t" else cpus * per_cpu
    times = re.match(r"(\d*)xlarge", size)
    cpus = 4 * int(times.group(1) or 1) if times else 96
    return cpus, cpus * per_cpu


def _gpus(family: str, size: str) -> list[dict[str, Any]]:
    if (gpu := _TYPES["accelerators"].get(family)) is None:
        return []
    count = gpu["counts"].get(size, 1)
    return [{"count": count, "manufacturer": "NVIDIA", "memorySize": gpu["memory"], "name": gpu["name"]}]


def _select_types(call: Call) -> list[str]:
    """The instance types that the filters name. Wildcards and an empty filter select from the common types."""
    patterns = [
        str(value)
        for criterion in call.arguments.get("filters") or ()
        if criterion.get("name") == "instance-type"
        for value in criterion.get("values") or ()
    ]
    plain = [pattern for pattern in patterns if not re.search(r"[*?]", pattern)]
    chosen = [
        name for name in _TYPES["common"] if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    return list(dict.fromkeys([*plain, *chosen]))


def instance_types(call: Call) -> dict[str, Any]:
    return {"id": call.scope, "instanceTypes": _select_types(call)}


def offerings(call: Call) -> dict[str, Any]:
    """Returns every type in every location, which is a zone or the region."""
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
