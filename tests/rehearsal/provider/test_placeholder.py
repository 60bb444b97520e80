"""A placeholder is of the kind that the output's name speaks of."""

from __future__ import annotations

from rehearsal.provider.placeholder import MOMENT, text


def test_a_name_s_part_says_what_its_value_is() -> None:
    def digits(count: int, purpose: str) -> str:
        return "0" * count

    moments = [name for name in ("createdAt", "modifiedOn", "date", "startTime") if text(name, digits) == MOMENT]
    assert moments == ["createdAt", "modifiedOn", "date", "startTime"]
    others = ("description", "format", "region", "runtime", "ownership", "valid", "location", "version")
    assert [name for name in others if text(name, digits)] == ["version"]
