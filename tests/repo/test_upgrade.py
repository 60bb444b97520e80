"""Which engine an upgrade takes: the newest release that can be had, else the one that is here."""

from __future__ import annotations

import pytest

from tests.tools.upgrade import NAMED_IN, PIN, ROOT, newest_to_be_had

VERSIONS = ["v3.9.0", "v3.10.0", "v3.11.0", "v3.12.0-alpha.1", "v3.100.0"]


@pytest.mark.parametrize(
    ("refused", "taken"),
    [((), "3.100.0"), (("3.100.0",), "3.11.0"), (("3.100.0", "3.11.0"), "3.10.0")],
    ids=["the newest", "the newest that is served", "the one that is here"],
)
def test_the_newest_release_that_can_be_had_is_taken(refused: tuple[str, ...], taken: str) -> None:
    assert newest_to_be_had(VERSIONS, "3.10.0", lambda version: version not in refused) == taken


def test_every_file_that_is_to_be_moved_names_the_version() -> None:
    pin = PIN.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pin

    assert [name for name in NAMED_IN if pin[1] not in (ROOT / name).read_text(encoding="utf-8")] == []
