"""The demo of the README: its edits fit the files that they are made in, and it says when nobody caught them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitops.commands.common import COULD_NOT_RUN, FINDINGS, FINE
from gitops.commands.demo import judge
from gitops.demo import Edit, read_edits
from gitops.errors import UserError
from tests.worlds import ROOT


@pytest.mark.parametrize("edit", read_edits(), ids=lambda edit: edit.file)
def test_an_edit_is_made_in_the_file_as_it_is(edit: Edit, tmp_path: Path) -> None:
    if not (ROOT / edit.file).exists():
        pytest.skip("this fork has deleted the stack")
    (tmp_path / edit.file).parent.mkdir(parents=True)
    shutil.copy(ROOT / edit.file, tmp_path / edit.file)

    edit.apply(tmp_path)

    text = (tmp_path / edit.file).read_text(encoding="utf-8")
    assert all(after in text and before not in text.replace(after, "") for before, after in edit.changes)
    with pytest.raises(UserError, match="does not find it") as caught:
        edit.apply(tmp_path)
    assert caught.value.where == edit.file


def test_it_is_fine_where_the_preview_is_not() -> None:
    assert [judge(code) for code in (FINDINGS, FINE, COULD_NOT_RUN)] == [FINE, FINDINGS, COULD_NOT_RUN]
