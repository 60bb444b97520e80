"""Where subnets lie, for each strategy. The numbers were worked out by hand from awsx's published rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.awsx.cidr import Block
from rehearsal.awsx.subnet_rules import (
    check_zone_suffixes,
    normalise,
)
from rehearsal.awsx.subnets import SubnetNames, lay_out, zone_suffix
from rehearsal.values import UNKNOWN, Output

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]


def blocks(
    strategy: str, specs: list[dict[str, Any]] | None = None, *, vpc: str = "10.0.0.0/16", zones: int = 2, **more: Any
) -> dict[str, str]:
    subnets = lay_out(SubnetNames("v"), vpc, ZONES[:zones], specs, strategy, **more)
    return {subnet.name: subnet.block for subnet in subnets}


def test_legacy_default_halves_each_zone_and_quarters_the_rest() -> None:
    assert blocks("Legacy", zones=3) == {
        "v-private-1": "10.0.0.0/19",
        "v-private-2": "10.0.64.0/19",
        "v-private-3": "10.0.128.0/19",
        "v-public-1": "10.0.32.0/20",
        "v-public-2": "10.0.96.0/20",
        "v-public-3": "10.0.160.0/20",
    }


def test_legacy_groups_private_public_isolated_whatever_the_order() -> None:
    specs = [{"type": "Isolated", "cidrMask": 24}, {"type": "Public"}, {"type": "Private"}]
    assert blocks("Legacy", specs, zones=2) == {
        "v-private-1": "10.0.0.0/19",
        "v-public-1": "10.0.32.0/20",
        "v-isolated-1": "10.0.48.0/24",
        "v-private-2": "10.0.128.0/19",
        "v-public-2": "10.0.160.0/20",
        "v-isolated-2": "10.0.176.0/24",
    }


def test_legacy_gives_a_single_spec_the_whole_of_a_small_zone() -> None:
    assert blocks("Legacy", [{"type": "Public"}], vpc="10.1.0.0/24", zones=1) == {"v-public-1": "10.1.0.0/24"}
    assert blocks("Legacy", [{"type": "Public"}, {"type": "Private"}], vpc="10.1.0.0/24", zones=1) == {
        "v-private-1": "10.1.0.0/25",
        "v-public-1": "10.1.0.128/25",
    }


def test_legacy_moves_a_block_that_would_overlap_to_the_next_free_place() -> None:
    specs = [
        {"type": "Private", "name": "a", "cidrMask": 24},
        {"type": "Private", "name": "b", "cidrMask": 20},
        {"type": "Private", "name": "c", "cidrMask": 24},
    ]
    assert blocks("Legacy", specs, zones=1) == {
        "v-a-1": "10.0.0.0/24",
        "v-b-1": "10.0.16.0/20",
        # the third /24 of the zone would be free, but its place is behind the last one given
        "v-c-1": "10.0.2.0/24",
    }


# Facts about the real provider: for one zone, what its legacy strategy gives to specs in this order.
LEGACY = [
    ("10.0.0.0/18", "Isolated:22 Public:21", "10.0.0.0/21 10.0.8.0/22"),
    ("10.0.0.0/17", "Private:18", "10.0.0.0/18"),
    ("10.0.0.0/16", "Isolated:27 Public:27 Isolated:17", "10.0.0.0/27 10.0.0.32/27 10.0.128.32/17"),
    ("10.0.0.0/17", "Public:25 Isolated:27", "10.0.0.0/25 10.0.0.128/27"),
    ("10.0.0.0/16", "Isolated:22 Private:21 Private:18", "10.0.0.0/21 10.0.64.0/18 10.0.128.0/22"),
    ("10.0.0.0/16", "Isolated:25 Isolated:21 Public:19", "10.0.0.0/19 10.0.32.0/25 10.0.40.0/21"),
    ("10.0.0.0/16", "Isolated:20 Public:25 Public:18", "10.0.0.0/25 10.0.64.0/18 10.0.128.0/20"),
    (
        "10.0.0.0/19",
        "Private:25 Private:21 Isolated:25 Public:24 Public:21",
        "10.0.0.0/25 10.0.8.0/21 10.0.16.0/24 10.0.24.0/21 10.0.32.0/25",
    ),
    (
        "10.0.0.0/19",
        "Isolated:25 Isolated:21 Public:26 Public:21",
        "10.0.0.0/26 10.0.8.0/21 10.0.16.0/25 10.0.24.0/21",
    ),
    (
        "10.0.0.0/18",
        "Private:25 Private:19 Private:19 Isolated:25",
        "10.0.0.0/25 10.0.32.0/19 10.0.64.0/19 10.0.96.0/25",
    ),
    ("10.0.0.0/20", "Public:23 Isolated:25 Isolated:24", "10.0.0.0/23 10.0.2.0/25 10.0.3.0/24"),
    ("10.0.0.0/16", "Private:27 Private:22 Public:24", "10.0.0.0/27 10.0.4.0/22 10.0.8.0/24"),
    (
        "10.0.0.0/17",
        "Public:27 Private:18 Public:19 Isolated:25",
        "10.0.0.0/18 10.0.64.0/27 10.0.96.0/19 10.0.128.0/25",
    ),
    ("10.0.0.0/17", "Public:22 Isolated:23 Isolated:21", "10.0.0.0/22 10.0.4.0/23 10.0.12.0/21"),
    (
        "10.0.0.0/17",
        "Private:24 Isolated:27 Public:26 Private:23",
        "10.0.0.0/24 10.0.2.0/23 10.0.4.0/26 10.0.4.64/27",
    ),
    ("10.0.0.0/16", "Public:26 Public:23", "10.0.0.0/26 10.0.2.0/23"),
    ("10.0.0.0/17", "Isolated:24 Isolated:19", "10.0.0.0/24 10.0.32.0/19"),
    ("10.0.0.0/18", "Public:19 Isolated:21 Isolated:20", "10.0.0.0/19 10.0.32.0/21 10.0.48.0/20"),
    ("10.0.0.0/17", "Private:25 Public:27 Public:24", "10.0.0.0/25 10.0.0.128/27 10.0.1.128/24"),
    *(
        (f"10.0.0.0/{vpc}", "Private Public Isolated", sizes)
        for vpc, sizes in {
            **dict.fromkeys((16, 17, 18), "10.0.0.0/19 10.0.32.0/20 10.0.48.0/24"),
            19: "10.0.0.0/20 10.0.16.0/20 10.0.32.0/24",
            20: "10.0.0.0/21 10.0.8.0/21 10.0.16.0/24",
            21: "10.0.0.0/22 10.0.4.0/22 10.0.8.0/24",
            22: "10.0.0.0/23 10.0.2.0/23 10.0.4.0/24",
            23: "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24",
        }.items()
    ),
]


@pytest.mark.parametrize(("vpc", "given", "placed"), LEGACY)
def test_legacy_gives_what_the_real_provider_gives(vpc: str, given: str, placed: str) -> None:
    specs: list[dict[str, Any]] = []
    for at, (kind, _, mask) in enumerate(spec.partition(":") for spec in given.split()):
        specs.append({"type": kind, "name": f"n{at}"} | ({"cidrMask": int(mask)} if mask else {}))
    assert " ".join(blocks("Legacy", specs, vpc=vpc, zones=1).values()) == placed


def test_auto_alone_knows_the_mask_of_a_zone() -> None:
    assert blocks("Auto", [{"type": "Public"}], zones=1, zone_mask=19) == {"v-public-1": "10.0.0.0/19"}
    # The real component does not hand the mask to its legacy strategy.
    assert blocks("Legacy", [{"type": "Public"}], zones=1, zone_mask=21) == {"v-public-1": "10.0.0.0/20"}


@pytest.mark.parametrize("kinds", [("Private", "Public"), ("Public", "Isolated"), ("Private", "Isolated")])
def test_legacy_repeats_a_zone_in_every_zone(kinds: tuple[str, str]) -> None:
    specs = [
        {"type": kinds[0], "cidrMask": 19, "name": "foo"},
        {"type": kinds[1], "cidrMask": 20, "name": "bar"},
    ]
    assert blocks("Legacy", specs, zones=3) == {
        "v-foo-1": "10.0.0.0/19",
        "v-bar-1": "10.0.32.0/20",
        "v-foo-2": "10.0.64.0/19",
        "v-bar-2": "10.0.96.0/20",
        "v-foo-3": "10.0.128.0/19",
        "v-bar-3": "10.0.160.0/20",
    }


@pytest.mark.parametrize("mask", range(16, 25))
def test_auto_default_follows_the_size_of_the_vpc(mask: int) -> None:
    private, public = blocks("Auto", vpc=f"10.0.0.0/{mask}", zones=1).values()
    assert (private, public.partition("/")[2]) == (f"10.0.0.0/{mask + 1}", str(mask + 2))


def test_auto_keeps_the_order_of_the_specs() -> None:
    specs = [
        {"type": "Public", "cidrMask": 22},
        {"type": "Private", "cidrMask": 20},
        {"type": "Isolated", "cidrMask": 24},
    ]
    assert blocks("Auto", specs) == {
        "v-public-1": "10.0.0.0/22",
        "v-private-1": "10.0.16.0/20",
        "v-isolated-1": "10.0.32.0/24",
        "v-public-2": "10.0.128.0/22",
        "v-private-2": "10.0.144.0/20",
        "v-isolated-2": "10.0.160.0/24",
    }


def test_auto_divides_a_zone_evenly_among_specs_without_a_mask() -> None:
    specs = [{"type": "Public"}, {"type": "Private"}, {"type": "Isolated"}]
    assert list(blocks("Auto", specs, zones=1).values()) == ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18"]


def test_auto_default_is_half_a_zone_private_and_a_quarter_public() -> None:
    assert list(blocks("Auto", zones=1).values()) == ["10.0.0.0/17", "10.0.128.0/18"]
    # never more than the first /16 of a zone
    assert list(blocks("Auto", vpc="10.0.0.0/8", zones=1).values()) == ["10.0.0.0/17", "10.0.128.0/18"]


def test_auto_aligns_zones_to_the_given_mask() -> None:
    placed = blocks("Auto", [{"type": "Public", "cidrMask": 26}], zones=3, zone_mask=24)
    assert list(placed.values()) == ["10.0.0.0/26", "10.0.1.0/26", "10.0.2.0/26"]


def test_auto_refuses_what_a_zone_cannot_hold() -> None:
    specs = [{"type": "Public", "cidrMask": 17}, {"type": "Private", "cidrMask": 17}]
    with pytest.raises(ValueError, match=r"need 65536 addresses, but a zone has 32768"):
        blocks("Auto", specs)
    with pytest.raises(ValueError, match="at least a /26"):
        blocks("Auto", vpc="10.0.0.0/26")
    with pytest.raises(ValueError, match="empty"):
        blocks("Auto", [])


def test_auto_merge_overrides_defaults_by_type_and_adds_the_rest() -> None:
    specs = [
        {"type": "Public", "cidrMask": 24},
        {"type": "Private", "name": "data", "cidrMask": 24},
        {"type": "Isolated", "cidrMask": 28},
    ]
    assert blocks("AutoMerge", specs, zones=1) == {
        "v-private-1": "10.0.0.0/17",
        "v-public-1": "10.0.128.0/24",
        "v-data-1": "10.0.129.0/24",
        "v-isolated-1": "10.0.130.0/28",
    }


@pytest.mark.parametrize(
    ("specs", "expected"),
    [
        ([{"type": "Public", "tags": {"a": "b"}}], {"v-private-1": "10.0.0.0/19", "v-public-1": "10.0.32.0/19"}),
        ([{"type": "Private", "tags": {"a": "b"}}], {"v-private-1": "10.0.0.0/19", "v-public-1": "10.0.32.0/20"}),
        ([{"type": "Public", "size": 4096}], {"v-private-1": "10.0.0.0/19", "v-public-1": "10.0.32.0/20"}),
        (
            [{"type": "Public"}, {"type": "Isolated"}],
            {"v-private-1": "10.0.0.0/19", "v-public-1": "10.0.32.0/20", "v-isolated-1": "10.0.48.0/20"},
        ),
    ],
)
def test_auto_merge_gives_an_override_without_a_size_an_equal_share(
    specs: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    first_zone = {
        name: block
        for name, block in blocks("AutoMerge", normalise(specs, 3, merge=True), zones=3).items()
        if name.endswith("-1")
    }
    assert first_zone == expected


def test_explicit_blocks_are_taken_as_they_are_except_by_legacy() -> None:
    specs = [{"type": "Public", "cidrBlocks": ["10.0.1.0/24", "10.0.2.0/24"]}]
    assert blocks("Auto", specs) == {"v-public-1": "10.0.1.0/24", "v-public-2": "10.0.2.0/24"}
    assert blocks("Legacy", specs) == {"v-public-1": "10.0.0.0/20", "v-public-2": "10.0.128.0/20"}


def test_an_unknown_vpc_block_leaves_every_subnet_unknown() -> None:
    pool = Output(UNKNOWN, False, ("urn:vpc",))
    subnets = lay_out(SubnetNames("v"), pool, ZONES, None, "Auto")
    assert len(subnets) == 6
    assert {(subnet.block.value, subnet.block.dependencies) for subnet in subnets} == {(UNKNOWN, ("urn:vpc",))}
    with pytest.raises(ValueError, match="Legacy"):
        lay_out(SubnetNames("v"), pool, ZONES, None, "Legacy")


def test_tags_may_name_the_zone_while_names_stay() -> None:
    subnets = lay_out(
        SubnetNames("v", by_zone=True), "10.0.0.0/16", ZONES[:1], [{"type": "Public", "name": "web"}], "Auto"
    )
    assert [(subnet.name, subnet.tag) for subnet in subnets] == [("v-web-1", "v-web-1a")]
    assert [zone_suffix(zone) for zone in ("us-gov-west-1a", "us-west-2-lax-1a", "moon")] == ["1a", "2-lax-1a", "moon"]
    with pytest.raises(ValueError, match="'1a'"):
        check_zone_suffixes(["us-east-1a", "eu-west-1a"])


@given(
    st.sampled_from(["Legacy", "Auto", "AutoMerge"]),
    st.integers(min_value=1, max_value=3),
    st.lists(
        st.tuples(st.sampled_from(["Public", "Private", "Isolated"]), st.integers(min_value=24, max_value=28)),
        min_size=1,
        max_size=6,
    ),
)
def test_no_strategy_overlaps_or_leaves_the_vpc(strategy: str, zones: int, given: list[tuple[str, int]]) -> None:
    if strategy == "Legacy":
        # It looks at the block before only, so several of one type may overlap: awsx then refuses the layout.
        given = list(dict(given).items())
    specs = [{"type": kind, "cidrMask": mask, "name": f"n{at}"} for at, (kind, mask) in enumerate(given)]
    placed = [Block.parse(text) for text in blocks(strategy, specs, zones=zones).values()]
    whole = Block.parse("10.0.0.0/16")
    assert all(whole.contains(block.first) and whole.contains(block.last) for block in placed)
    assert not any(a.overlaps(b) for at, a in enumerate(placed) for b in placed[at + 1 :])
