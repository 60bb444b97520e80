"""The table of config keys in every stack's README is the one its types give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shared.document import BEGIN, END, main, table, with_table
from shared.keys import keys
from shared.validate import load_settings
from tests.shared.configs import EXAMPLE, ROOT, STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_the_readme_lists_every_key_as_it_is(stack: str) -> None:
    readme = ROOT / "stacks" / stack / "README.md"
    text = readme.read_text(encoding="utf-8")
    assert with_table(text, load_settings(readme.parent)) == text, f"run: python -m shared.document stacks/{stack}"


@pytest.mark.parametrize("stack", STACKS)
def test_every_key_is_described(stack: str) -> None:
    undescribed = [key.path for key in keys(load_settings(ROOT / "stacks" / stack)) if not key.description]
    assert undescribed == []


def test_a_table_that_is_out_of_date_is_replaced() -> None:
    settings = load_settings(ROOT / "stacks" / EXAMPLE)
    old = f"before\n{BEGIN}\n| old |\n{END}\nafter\n"
    assert with_table(old, settings) == f"before\n{BEGIN}\n{table(settings)}\n{END}\nafter\n"


def test_a_readme_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="config: begin"):
        with_table("# no markers\n", load_settings(ROOT / "stacks" / EXAMPLE))


@pytest.mark.parametrize(("readme", "said"), [(None, "README.md: no such file; "), ("# new\n", "README.md: expected ")])
def test_a_new_stack_is_told_the_lines_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], readme: str | None, said: str
) -> None:
    shutil.copy(ROOT / "stacks" / EXAMPLE / "settings.py", tmp_path)
    path = tmp_path / "README.md"
    if readme:
        path.write_text(readme, encoding="utf-8")

    assert main([str(tmp_path)]) == 2

    told = capsys.readouterr().err
    assert f"{tmp_path}/{said}" in told
    path.write_text("# new\n" + "\n".join(told.splitlines()[1:]), encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert "| `scaling.min` |" in path.read_text(encoding="utf-8")


def test_a_folder_that_is_no_stack_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "class Settings(StackSettings)" in capsys.readouterr().err
