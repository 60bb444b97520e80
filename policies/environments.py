"""Which column of `levels.yaml` judges which environment: `environments.yaml` beside the pack, where there is one.

A pack that was copied elsewhere has none: there each column is the environment of its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .tables import Node, read_table

FILE = Path(__file__).parents[1] / "environments.yaml"


def environment_of(stack_name: str | None) -> str:
    """The environment that a stack's name stands for: its last part, after organisation and project."""
    return (stack_name or "").rsplit("/", 1)[-1]


def read_environments(columns: Sequence[str], file: Path = FILE) -> dict[str, str]:
    """Environment → column, in the order of the file. Raises BadTable: a row has no name, or its column is none."""
    if not file.exists():
        return {column: column for column in columns}
    columns_by_name: dict[str, str] = {}
    for row in dict(read_table(file).items()).get("environments", Node(file, None)).entries():
        keys = dict(row.items())
        if not {"name", "levels"} <= keys.keys():
            row.refuse("an environment needs 'name' and 'levels'")
        if keys["levels"].text() not in columns:
            keys["levels"].refuse(f"policies/levels.yaml has no column {keys['levels'].text()!r}")
        columns_by_name[keys["name"].text()] = keys["levels"].text()
    return columns_by_name
