"""What awsx refuses about the subnets of a VPC: overlaps, gaps, gateways without a place, contradicting specs."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.awsx.cidr import Block
from rehearsal.awsx.subnet_rules import (
    check_addresses,
    check_layout,
    check_nat,
    gaps,
    layout,
    normalise,
)
from rehearsal.awsx.subnets import Subnet, SubnetNames, lay_out

ZONES = ["us-east-1a", "us-east-1b"]


def subnet(name: str, block: str, kind: str = "Public") -> Subnet:
    return Subnet(kind, ZONES[0], name, name, block)


def test_overlaps_are_named() -> None:
    subnets = [subnet("a", "10.0.0.0/23"), subnet("b", "10.0.1.0/24"), subnet("c", "10.0.4.0/24", "Private")]
    with pytest.raises(ValueError, match=r"a \(10.0.0.0/23\), b \(10.0.1.0/24\)"):
        check_layout(subnets, "10.0.0.0/16", exact=False, nat_strategy="None")


def test_exact_names_every_gap() -> None:
    subnets = [subnet("a", "10.0.1.0/24"), subnet("b", "10.0.3.0/24")]
    with pytest.raises(ValueError, match=r"before a .*; between a and b; after b, which ends at 10.0.3.255"):
        check_layout(subnets, "10.0.0.0/16", exact=True, nat_strategy="None")
    whole = [subnet("a", "10.0.0.0/17"), subnet("b", "10.0.128.0/17", "Unused")]
    check_layout(whole, "10.0.0.0/16", exact=True, nat_strategy="None")


@pytest.mark.parametrize(
    ("kinds", "strategy", "fits"),
    [
        (["Public", "Private"], "OnePerAz", True),
        (["Public", "Isolated"], "Single", True),
        (["Public"], "OnePerAz", False),
        (["Private", "Isolated"], "Single", False),
        (["Isolated"], "None", True),
    ],
)
def test_nat_gateways_need_a_place_and_a_use(kinds: list[str], strategy: str, fits: bool) -> None:
    subnets = [subnet(kind, "10.0.0.0/24", kind) for kind in kinds]
    if fits:
        check_nat(subnets, strategy)
    else:
        with pytest.raises(ValueError, match="needs public subnets"):
            check_nat(subnets, strategy)


@pytest.mark.parametrize(
    ("strategy", "count", "fits"), [("None", 1, False), ("Single", 1, True), ("OnePerAz", 2, False)]
)
def test_addresses_fit_the_gateways(strategy: str, count: int, fits: bool) -> None:
    if fits:
        check_addresses(strategy, ["eip"] * count, 3)
    else:
        with pytest.raises(ValueError, match=f"found {count}"):
            check_addresses(strategy, ["eip"] * count, 3)


def test_sizes_and_masks_fill_in_each_other() -> None:
    filled = normalise([{"type": "Public", "size": 256}, {"type": "Private", "cidrMask": 20}], 2, merge=False)
    assert filled is not None
    assert [(spec["cidrMask"], spec["size"]) for spec in filled] == [(24, 256), (20, 4096)]
    assert normalise(None, 2, merge=False) is None


@pytest.mark.parametrize(
    ("specs", "problem"),
    [
        ([{"type": "Public", "size": 100}], r"subnetSpecs\[0\]\.size: found 100"),
        ([{"type": "Public", "size": 256, "cidrMask": 20}], r"a /20 has 4096"),
        ([{"type": "Public"}, {"type": "Public"}], "several public subnets"),
        ([{"type": "Public", "cidrBlocks": ["10.0.0.0/24"]}], r"found 1, expected one for each of the 2"),
        ([{"type": "Public", "cidrBlocks": ["10.0.0.0/24"] * 2}, {"type": "Private"}], r"\[1\]\.cidrBlocks: missing"),
        ([{"type": "Public", "cidrBlocks": ["10.0.0.0/24"] * 2, "cidrMask": 25}], "found 25, which not all"),
    ],
)
def test_contradicting_specs_are_refused(specs: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        normalise(specs, 2, merge=False)
    with pytest.raises(ValueError, match="AutoMerge"):
        normalise([{"type": "Public", "cidrBlocks": ["10.0.0.0/24"] * 2}], 2, merge=True)


def test_the_layout_fills_gaps_with_unused_blocks() -> None:
    subnets = lay_out(SubnetNames("v"), "10.0.0.0/16", ZONES, [{"type": "Public"}, {"type": "Private"}], "Legacy")
    assert layout(subnets, 2) == [{"type": "Private", "cidrMask": 19}, {"type": "Public", "cidrMask": 20}]
    found = gaps(Block.parse("10.0.0.0/24"), Block.parse("10.0.4.0/24"))
    assert [str(block) for block in found] == ["10.0.1.0/24", "10.0.2.0/23"]
