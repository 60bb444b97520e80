"""The default CPU and memory of a Fargate task: the smallest size that fits its containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# The memory sizes in GB that Fargate offers for each number of vCPUs
# (docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html)
_OFFERED: dict[float, Sequence[float]] = {
    0.25: (0.5, 1, 2),
    0.5: range(1, 5),
    1: range(2, 9),
    2: range(4, 17),
    4: range(8, 31),
    8: range(16, 61),
    16: range(32, 121),
}
_SIZES = sorted((memory, vcpu) for vcpu, memories in _OFFERED.items() for memory in memories)
_MOST_MEMORY = max(memory for memory, _ in _SIZES)
_MOST_VCPU = max(_OFFERED)


def fargate_size(containers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Returns {cpu, memory} as text, in CPU units and MiB. Raises ValueError if no size is large enough."""
    memory = sum(container.get("memoryReservation") or container.get("memory") or 0 for container in containers) / 1024
    vcpu = sum(container.get("cpu") or 0 for container in containers) / 1024
    if memory > _MOST_MEMORY or vcpu > _MOST_VCPU:
        raise ValueError(
            f"the containers need {vcpu:g} vCPU and {memory:g} GB, but a Fargate task has at most "
            f"{_MOST_VCPU:g} vCPU and {_MOST_MEMORY:g} GB"
        )
    offered_memory, offered_vcpu = next(size for size in _SIZES if size[0] >= memory and size[1] >= vcpu)
    return {"cpu": str(int(offered_vcpu * 1024)), "memory": str(int(offered_memory * 1024))}
