"""Which zones a stack stands in: those that have what it needs, and the same in every account when they are named."""

from __future__ import annotations

import pytest

from shared.availability import Availability
from shared.aws.place import choose

IDS = {"us-east-1a": "use1-az4", "us-east-1b": "use1-az1", "us-east-1c": "use1-az2", "us-east-1e": "use1-az3"}


def wanted(zones: int, *ids: str) -> Availability:
    return Availability(regions=("us-east-1",), zones=zones, min_instances=1, zone_ids=ids)


def test_the_first_zones_that_have_everything_are_taken() -> None:
    offers = {"an endpoint of ecr.api": {"us-east-1a", "us-east-1c", "us-east-1e"}, "instances of ml.x.large": set(IDS)}
    assert choose("us-east-1", IDS, offers, wanted(2)) == ("us-east-1a", "us-east-1c")
    assert choose("us-east-1", IDS, {}, wanted(2)) == ("us-east-1a", "us-east-1b")


def test_an_id_is_the_same_zone_under_any_name() -> None:
    renamed = dict(zip(IDS, reversed(IDS.values()), strict=True))
    chosen = [choose("us-east-1", ids, {}, wanted(2, "use1-az1", "use1-az4")) for ids in (IDS, renamed)]
    assert chosen == [("us-east-1a", "us-east-1b"), ("us-east-1c", "us-east-1e")]


def test_too_few_zones_are_refused_with_what_each_is_without() -> None:
    offers = {"an endpoint of logs": {"us-east-1a", "us-east-1b"}}
    with pytest.raises(
        ValueError, match=r"availability\.zones is 3, expected at most 2 .*use1-az2\) is without an end"
    ):
        choose("us-east-1", IDS, offers, wanted(3))
    with pytest.raises(ValueError, match=r"expected at most 4 in us-east-1: it has us-east-1a \(use1-az4\)"):
        choose("us-east-1", IDS, {}, wanted(5))
