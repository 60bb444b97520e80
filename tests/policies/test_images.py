"""Which tags of an image are meant to move."""

from __future__ import annotations

import pytest

from policies.images import moves_by_its_name


@pytest.mark.parametrize("tag", ["", ":latest", ":stable", ":prod", ":2", ":v2", ":1.7", ":main", ":facade"])
def test_a_tag_that_says_which_is_best_today_moves(tag: str) -> None:
    assert moves_by_its_name(f"registry.example.com/team/server{tag}")


@pytest.mark.parametrize(
    "tag", ["1.14.2", "v2.4.0-gpu", "1.7-1", "3fa9c1e", "20260131", "main-3fa9c1e0", "2.32.2.20240820"]
)
def test_a_tag_that_a_build_names_once_does_not(tag: str) -> None:
    assert not moves_by_its_name(f"registry.example.com/team/server:{tag}")


def test_a_registrys_port_is_no_tag() -> None:
    assert moves_by_its_name("registry.example.com:5000/v1.2.3/server")
