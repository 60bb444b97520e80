"""Physical names fit their service and stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.naming import physical_name

PART = st.text("abcdefghijklmnopqrstuvwxyz_.0123456789", min_size=1, max_size=40)


def test_a_name_that_fits_is_readable() -> None:
    assert physical_name("ecs_service", "prod", "c7i.xlarge", limit=63) == "ecs-service-prod-c7i-xlarge"


@given(parts=st.lists(PART, min_size=1, max_size=6), limit=st.integers(10, 63))
def test_a_name_never_exceeds_its_limit_nor_has_an_underscore(parts: list[str], limit: int) -> None:
    name = physical_name(*parts, limit=limit)
    assert len(name) <= limit
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_two_long_names_with_one_beginning_stay_apart() -> None:
    first, second = (physical_name("x" * 60, end, limit=32) for end in ("east", "west"))
    assert first != second
    assert first.startswith("xxxx")


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="limit is 9"):
        physical_name("a", limit=9)
