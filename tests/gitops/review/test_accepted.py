"""A weaker policy pack fails the check, unless its owners accepted just that, for now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gitops.commands.preview import verdict
from gitops.errors import UserError
from gitops.review.accepted import is_weaker, mark_accepted, read_accepted

GONE, LOWERED = "The rule a is removed.", "The rule b is advisory in prod; on the base it is mandatory."
EXEMPTED = "An exemption from c for urn:x is added."
ENTRY = f"""\
accepted:
  - what: {GONE}
    reason: the service is gone
    owner: platform
    expires: 2026-12-31
"""


def accept(root: Path, text: str, today: str = "2026-11-21") -> dict[str, str]:
    (root / "policies").mkdir(exist_ok=True)
    (root / "policies/accepted.yaml").write_text(text)
    return read_accepted(root, date.fromisoformat(today))


def test_what_nobody_accepted_fails_the_check(tmp_path: Path) -> None:
    told = mark_accepted([GONE, LOWERED, EXEMPTED], accept(tmp_path, ENTRY))

    assert told[0] == f"{GONE} (accepted: the service is gone, platform, until 2026-12-31)"
    assert told[1:] == (LOWERED, EXEMPTED)
    assert is_weaker(told)
    assert not is_weaker((told[0], EXEMPTED))
    assert (verdict((), told), verdict((), told[:1]), verdict(())) == (1, 0, 0)


def test_an_acceptance_ends(tmp_path: Path) -> None:
    assert accept(tmp_path, ENTRY, today="2027-01-01") == {}
    assert read_accepted(tmp_path / "nowhere", date.today()) == {}


@pytest.mark.parametrize(
    "text", ["accepted: [GONE]", "accepted: [{what: a}]", ENTRY.replace("2026-12-31", "soon"), "accepted: {", "- {"]
)
def test_a_file_that_says_something_else_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r"accepted\.yaml"):
        accept(tmp_path, text)
