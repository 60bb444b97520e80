"""Checks of a VPC's subnets that awsx makes, and the layout that it returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from itertools import pairwise
from typing import Any

from rehearsal.awsx.cidr import Block
from rehearsal.awsx.output_values import strip
from rehearsal.awsx.subnets import Spec, Subnet, zone_suffix
from rehearsal.values import is_known

_DECIDING = ("type", "name", "cidrMask", "size", "cidrBlocks")
# The mask of each possible subnet size.
_MASK_OF_SIZE = {2 ** (32 - mask): mask for mask in range(31)}


def normalise(specs: Sequence[Spec] | None, zones: int, *, merge: bool) -> list[dict[str, Any]] | None:
    """Returns the specs with mask and size derived from each other. Raises ValueError, naming all wrong specs."""
    if specs is None:
        return None
    specs = [_plain(spec, position) for position, spec in enumerate(specs)]
    issues = _name_issues(specs)
    explicit = any(spec.get("cidrBlocks") is not None for spec in specs)
    if explicit and merge:
        issues.append('subnetStrategy "AutoMerge" does not take cidrBlocks; use "Auto" or "Exact"')
    for position, spec in enumerate(specs):
        issue = _explicit_issue(spec, zones) if explicit else _size_issue(spec)
        if issue:
            issues.append(f"subnetSpecs[{position}].{issue}")
    if issues:
        raise ValueError("; ".join(issues))
    return [dict(spec) if explicit else _resolve_size(spec) for spec in specs]


def check_layout(subnets: Sequence[Subnet], vpc_block: str | None, *, exact: bool, nat_strategy: str) -> None:
    """Raises ValueError for overlaps, for gaps if `exact`, and for NAT gateways without the subnets that they need."""
    blocks = [Block.parse(subnet.block) for subnet in subnets]
    overlapping = [
        f"{subnet.name} ({subnet.block})"
        for subnet, block in zip(subnets, blocks, strict=True)
        if any(other is not block and other.overlaps(block) for other in blocks)
    ]
    if overlapping:
        raise ValueError(f"subnets overlap: {', '.join(overlapping)}; enlarge the VPC or give smaller or fewer subnets")
    if exact and vpc_block is not None:
        _check_no_gaps(Block.parse(vpc_block), subnets, blocks)
    check_nat(subnets, nat_strategy)


def check_nat(subnets: Sequence[Subnet], nat_strategy: str) -> None:
    kinds = {subnet.kind for subnet in subnets}
    if nat_strategy != "None" and not ("public" in kinds and kinds & {"private", "isolated"}):
        raise ValueError(
            f"natGateways.strategy {nat_strategy!r} needs public subnets to hold the NAT gateways and private or "
            f'isolated ones that use them, found {", ".join(sorted(kinds)) or "none"}; add them or use "None"'
        )


def check_addresses(nat_strategy: str, addresses: Sequence[Any], zones: int) -> None:
    """Raises ValueError if the number of elastic IP addresses does not match the NAT gateways."""
    allowed = {"None": (0,), "Single": (0, 1), "OnePerAz": (0, zones)}[nat_strategy]
    if len(addresses) not in allowed:
        raise ValueError(
            f"natGateways.elasticIpAllocationIds: found {len(addresses)}, expected "
            f"{' or '.join(map(str, allowed))} with strategy {nat_strategy!r}"
        )


def check_zone_suffixes(zones: Sequence[str]) -> None:
    """Raises ValueError if the subnets of two zones would get the same tag."""
    twice = [suffix for suffix, count in Counter(map(zone_suffix, zones)).items() if count > 1]
    if twice:
        raise ValueError(f"availabilityZoneNames: more than one zone ends in {', '.join(map(repr, twice))}")


def layout(subnets: Sequence[Subnet], zones: int) -> list[dict[str, Any]]:
    """Returns the first zone's subnets as specs. Gaps between them become specs of type `Unused`."""
    specs: list[dict[str, Any]] = []
    previous: Block | None = None
    for subnet in subnets[: len(subnets) // zones]:
        block = Block.parse(subnet.block)
        if previous is not None:
            specs += [{"type": "Unused", "cidrMask": gap.mask} for gap in gaps(previous, block)]
        specs.append({"type": subnet.type, "cidrMask": block.mask})
        previous = block
    return specs


def gaps(before: Block, after: Block) -> list[Block]:
    """Returns the largest aligned blocks that fill the space between two blocks."""
    start, end = sorted((before, after), key=lambda block: block.first)
    blocks, previous, current = [], before, start.next()
    while current.first < end.first:
        while current.mask > 0:
            wider = Block(current.first, current.mask - 1)
            if wider.contains(previous.last) or wider.contains(end.first):
                break
            current = wider
        blocks.append(current)
        previous, current = current, current.next()
    return blocks


def _plain(spec: Spec, position: int) -> dict[str, Any]:
    """The spec with plain values for everything that decides its block. Tags and the like may be unknown."""
    deciding = {key: strip(spec[key]) for key in _DECIDING if key in spec}
    for key, value in deciding.items():
        if not is_known(value):
            raise ValueError(
                f"subnetSpecs[{position}].{key}: found a value known after the apply, expected a plain one"
            )
    return {**spec, **deciding}


def _check_no_gaps(vpc: Block, subnets: Sequence[Subnet], blocks: Sequence[Block]) -> None:
    gaps = []
    if blocks[0].first != vpc.first:
        gaps.append(f"before {subnets[0].name} ({subnets[0].block})")
    for position, (block, following) in enumerate(pairwise(blocks)):
        if following.first != block.last + 1:
            gaps.append(f"between {subnets[position].name} and {subnets[position + 1].name}")
    if blocks[-1].last != vpc.last:
        gaps.append(f"after {subnets[-1].name}, which ends at {IPv4Address(blocks[-1].last)}")
    if gaps:
        raise ValueError(f'subnetStrategy "Exact" allows no gaps, found: {"; ".join(gaps)}; fill them with "Unused"')


def _name_issues(specs: Sequence[Spec]) -> list[str]:
    counted = Counter((spec["type"].lower(), spec.get("name")) for spec in specs)
    kinds = sorted({kind for (kind, _), count in counted.items() if count > 1})
    return [f"subnetSpecs: several {kind} subnets need names that differ; at most one may be unnamed" for kind in kinds]


def _explicit_issue(spec: Spec, zones: int) -> str | None:
    blocks = spec.get("cidrBlocks")
    if blocks is None:
        return "cidrBlocks: missing, but another spec has them; give them for every subnet"
    if len(blocks) != zones:
        return f"cidrBlocks: found {len(blocks)}, expected one for each of the {zones} zones"
    parsed = [Block.parse(block) for block in blocks]
    if spec.get("cidrMask") is not None and any(block.mask != spec["cidrMask"] for block in parsed):
        return f"cidrMask: found {spec['cidrMask']}, which not all of its cidrBlocks have"
    if spec.get("size") is not None and any(block.size != spec["size"] for block in parsed):
        return f"size: found {spec['size']}, which not all of its cidrBlocks have"
    return None


def _size_issue(spec: Spec) -> str | None:
    size, mask = spec.get("size"), spec.get("cidrMask")
    if size is not None and size not in _MASK_OF_SIZE:
        return f"size: found {size}, expected a power of two from 4 to 4294967296"
    if size is not None and mask and _MASK_OF_SIZE[size] != mask:
        return f"size: found {size}, but a /{mask} has {2 ** (32 - mask)} addresses"
    return None


def _resolve_size(spec: Mapping[str, Any]) -> dict[str, Any]:
    mask = spec.get("cidrMask")
    if mask is None and spec.get("size"):
        mask = _MASK_OF_SIZE[spec["size"]]
    return {**spec, "cidrMask": mask, "size": 2 ** (32 - mask) if mask and mask < 31 else None}
