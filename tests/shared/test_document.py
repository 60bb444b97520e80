"""The table of config keys in every stack's README is the one its types give."""

from __future__ import annotations

import pytest

from shared.document import BEGIN, END, table, with_table
from shared.keys import keys
from shared.validate import load_settings
from tests.shared.configs import ROOT, STACKS


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
    settings = load_settings(ROOT / "stacks" / "ecs_service")
    old = f"before\n{BEGIN}\n| old |\n{END}\nafter\n"
    assert with_table(old, settings) == f"before\n{BEGIN}\n{table(settings)}\n{END}\nafter\n"


def test_a_readme_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="config: begin"):
        with_table("# no markers\n", load_settings(ROOT / "stacks" / "ecs_service"))
