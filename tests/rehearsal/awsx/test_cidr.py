from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.awsx.cidr import Block, bits_for, ipv6_subnet

masks = st.integers(min_value=1, max_value=30)
addresses = st.integers(min_value=0, max_value=2**31)


@given(addresses, masks)
def test_bounds_are_those_of_the_standard_library(address: int, mask: int) -> None:
    network = IPv4Network((address, mask), strict=False)
    block = Block(address, mask)
    assert (block.first, block.last) == (int(network.network_address), int(network.broadcast_address))


@given(addresses, masks, addresses, masks)
def test_overlap_is_that_of_the_standard_library(a: int, a_mask: int, b: int, b_mask: int) -> None:
    expected = IPv4Network((a, a_mask), strict=False).overlaps(IPv4Network((b, b_mask), strict=False))
    assert Block(a, a_mask).overlaps(Block(b, b_mask)) is expected


def test_next_of_another_size_starts_at_its_own_boundary() -> None:
    assert str(Block.parse("10.0.0.0/24").next_of(20)) == "10.0.16.0/20"
    assert str(Block.parse("10.0.0.0/20").next_of(24)) == "10.0.16.0/24"


def test_parts_go_on_behind_the_block() -> None:
    assert str(Block.parse("10.0.0.0/16").part(2, 3)) == "10.0.192.0/18"
    assert str(Block.parse("10.0.0.0/18").part(0, 1)) == "10.0.64.0/18"
    with pytest.raises(ValueError, match="only by 4"):
        Block.parse("10.0.0.0/28").part(5, 0)


@pytest.mark.parametrize("text", ["", "10.0.0/16", "10.0.0.0/x", "10.0.0.0/33", "fd00::/56"])
def test_what_is_no_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected an IPv4 block|outside the IPv4"):
        Block.parse(text)


@pytest.mark.parametrize(("count", "bits"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_bits(count: int, bits: int) -> None:
    assert bits_for(count) == bits


def test_ipv6_subnets_keep_the_vpc_and_count_in_the_last_byte() -> None:
    assert ipv6_subnet("2600:1f18:1234:5600::/56", 0) == "2600:1f18:1234:5600::/64"
    assert ipv6_subnet("2600:1f18:1234:5600::/56", 17) == "2600:1f18:1234:5611::/64"
    with pytest.raises(ValueError, match="/56"):
        ipv6_subnet("2600:1f18:1234::/48", 0)
    with pytest.raises(ValueError, match="256"):
        ipv6_subnet("2600:1f18:1234:5600::/56", 256)
