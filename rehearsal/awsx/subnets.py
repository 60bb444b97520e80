"""Computes the address blocks of a VPC's subnets: one block for each subnet spec in each zone.

There are four strategies, as in awsx. Legacy puts private, public and isolated subnets in this order and keeps the
blocks that awsx 1.0 used. Auto keeps the order of the specs. AutoMerge merges the specs into the default ones. Exact is
Auto without gaps. Explicit `cidrBlocks` are used unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.awsx.cidr import Block, bits_for
from rehearsal.awsx.output_values import apply
from rehearsal.values import Output, is_known

Spec = Mapping[str, Any]

_REGION = re.compile(r"^[a-z]{2}(?:-[a-z]+)+-")
# The smallest mask, and so the largest block, that Legacy uses for each type of subnet if the spec names none.
_LEGACY_MASKS = {"Private": 19, "Public": 20, "Isolated": 24}
_DEFAULTS: tuple[Spec, ...] = ({"type": "Private"}, {"type": "Public"})


@dataclass(frozen=True)
class Subnet:
    """One planned subnet. `name` is the resource's name, `tag` the Name tag. `block` may be unknown (IPAM)."""

    type: str
    zone: str
    name: str
    tag: str
    block: Any
    spec: Spec = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.type.lower()


@dataclass(frozen=True)
class SubnetNames:
    vpc: str
    by_zone: bool = False

    def subnet(self, spec: Spec, zones: Sequence[str], position: int, block: Any) -> Subnet:
        stem = f"{self.vpc}-{spec.get('name') or spec['type'].lower()}"
        name = f"{stem}-{position + 1}"
        tag = f"{stem}-{zone_suffix(zones[position])}" if self.by_zone else name
        return Subnet(spec["type"], zones[position], name, tag, block, spec)


def zone_suffix(zone: str) -> str:
    """Returns `1a` for us-east-1a, and the whole name for any other form."""
    return _REGION.sub("", zone)


def lay_out(
    naming: SubnetNames,
    vpc_block: str | Output,
    zones: Sequence[str],
    specs: Sequence[Spec] | None,
    strategy: str,
    zone_mask: int | None = None,
) -> list[Subnet]:
    """Returns all subnets. `vpc_block` is an output if IPAM chooses it. Raises ValueError if the specs do not fit."""
    explicit = specs is not None and any(spec.get("cidrBlocks") is not None for spec in specs)
    if strategy == "Legacy" or (specs is None and strategy == "Exact"):
        if isinstance(vpc_block, Output):
            raise ValueError('subnetStrategy "Legacy" needs a cidrBlock; with an IPAM pool use "Auto"')
        return _legacy(naming, Block.parse(vpc_block), zones, specs)
    if explicit:
        assert specs is not None
        return [naming.subnet(s, zones, at, s["cidrBlocks"][at]) for at in range(len(zones)) for s in specs]
    merge = strategy == "AutoMerge"
    blocks = apply(lambda text: _blocks(Block.parse(text), len(zones), specs, zone_mask, merge=merge), vpc_block)
    named = merge_specs(specs or (), _DEFAULTS) if merge else (_DEFAULTS if specs is None else specs)
    allocated = iter(blocks.value if is_known(blocks.value) else [])
    return [
        naming.subnet(spec, zones, at, next(allocated, Output(secret=blocks.secret, dependencies=blocks.dependencies)))
        for at in range(len(zones))
        for spec in named
    ]


def merge_specs(specs: Sequence[Spec], defaults: Sequence[Spec]) -> list[Spec]:
    """Returns the defaults, each overridden by the unnamed spec of its type, and then all other specs.

    An override without a size also removes the default's size. The subnet then gets an equal share of its zone.
    """
    types = {default["type"].lower(): default["type"] for default in defaults}
    unnamed = {types[kind]: s for s in specs if (kind := s["type"].lower()) in types and s.get("name") is None}
    rest = [spec for spec in specs if spec not in unnamed.values()]
    return [{**default, **unnamed.get(default["type"], {})} for default in defaults] + rest


def _blocks(vpc: Block, zones: int, specs: Sequence[Spec] | None, zone_mask: int | None, *, merge: bool) -> list[str]:
    """The blocks of Auto and AutoMerge, zone by zone. Each block starts after the previous one."""
    mask = zone_mask if zone_mask is not None else vpc.mask + bits_for(zones)
    if merge:
        specs = merge_specs(specs or (), _default_specs(mask))
    elif specs is None:
        specs = _default_specs(mask)
    if not specs:
        raise ValueError("subnetSpecs is empty, expected at least one subnet")
    masks = [spec.get("cidrMask") or mask + bits_for(len(specs)) for spec in specs]
    needed, available = sum(Block(0, size).check().size for size in masks), Block(0, mask).check().size
    if needed > available:
        raise ValueError(f"the subnets of a zone need {needed} addresses, but a zone has {available} of the VPC's")
    zone, blocks = Block(vpc.first, mask), []
    for _ in range(zones):
        current = Block(zone.first, masks[0])
        blocks.append(str(current))
        for each in masks[1:]:
            current = current.next_of(each)
            blocks.append(str(current))
        zone = zone.next()
    return blocks


def _default_specs(zone_mask: int) -> list[Spec]:
    """A private subnet with half of a zone and a public one with a quarter. A zone counts as a /16 at most."""
    if zone_mask > 26:
        raise ValueError(f"default subnets need at least a /26 in each zone, found a /{zone_mask}; give subnetSpecs")
    widest = max(zone_mask, 16)
    return [{**spec, "cidrMask": widest + position} for position, spec in enumerate(_DEFAULTS, start=1)]


def _legacy(naming: SubnetNames, vpc: Block, zones: Sequence[str], specs: Sequence[Spec] | None) -> list[Subnet]:
    bases = [vpc.part(bits_for(len(zones)), position) for position in range(len(zones))]
    if specs is None:
        private = [base.part(1, 0) for base in bases]
        public = [block.part(0, 1).part(1, 0) for block in private]
        return [
            naming.subnet(spec, zones, at, str(block))
            for spec, blocks in zip(_DEFAULTS, (private, public), strict=True)
            for at, block in enumerate(blocks)
        ]
    return [
        naming.subnet({**spec, "type": kind}, zones, at, str(block))
        for at, base in enumerate(bases)
        for kind, spec, block in _legacy_zone(base, specs)
    ]


def _legacy_zone(base: Block, specs: Sequence[Spec]) -> list[tuple[str, Spec, Block]]:
    """One zone's subnets. Each is the n-th part after the previous type's last subnet, or the next free block."""
    # A single subnet gets the whole zone; otherwise a subnet gets at most half.
    halving = 0 if len(specs) == 1 else 1
    subnets: list[tuple[str, Spec, Block]] = []
    current = Block(max(base.first - 1, 0), 32)
    for kind, least in _LEGACY_MASKS.items():
        before = subnets[-1][2] if subnets else None
        start = before.part(0, 1) if before else base
        for number, spec in enumerate(spec for spec in specs if spec["type"].lower() == kind.lower()):
            mask = spec.get("cidrMask") or max(base.mask + halving, least)
            block = start.part(mask - start.mask, number)
            if current.overlaps(block):
                block = current.next_of(mask)
            subnets.append((kind, spec, block))
            current = block
    return subnets
