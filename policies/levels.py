"""How strict a rule is: one table, `levels.yaml`, whose columns are levels that an environment is judged at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pulumi_policy import EnforcementLevel

from .environments import FILE as ENVIRONMENTS
from .environments import read_environments
from .rule import CATEGORIES, Rule
from .tables import Node, read_table

LEVELS = {level.value: level for level in EnforcementLevel if level is not EnforcementLevel.REMEDIATE}
FILE = Path(__file__).with_name("levels.yaml")

Row = dict[str, EnforcementLevel]


@dataclass(frozen=True)
class Levels:
    """Rows of the table: by category, and by rule where a rule differs from its category.

    `columns` are the table's, `environments` says which of them judges an environment, `stacks` which of them judges a
    stack whose name matches one of its patterns.
    """

    categories: dict[str, Row]
    rules: dict[str, Row]
    columns: tuple[str, ...]
    environments: dict[str, str]
    stacks: dict[str, list[str]]

    @property
    def strictest(self) -> str:
        return self.columns[-1]

    def column(self, environment: str) -> str:
        """The column that judges an environment: as listed, of its name, of the pattern that it matches.

        Any other gets the strictest: never laxer.
        """
        if environment in self.environments or environment in self.columns:
            return self.environments.get(environment, environment)
        usual = ((column, pattern) for column, patterns in self.stacks.items() for pattern in patterns)
        return next((column for column, pattern in usual if fnmatchcase(environment, pattern)), self.strictest)

    def row(self, rule: Rule) -> Row:
        """The rule's levels by column, from the laxest to the strictest."""
        level = self.rules.get(rule.name) or self.categories[rule.category]
        return {column: level[column] for column in self.columns}

    def of(self, rule: Rule, environment: str) -> EnforcementLevel:
        return self.row(rule)[self.column(environment)]


def read_levels(rules: Iterable[Rule], file: Path = FILE, environments: Path = ENVIRONMENTS) -> Levels:
    """Reads the table. Raises BadTable naming the line: an unknown rule, category, column or level, a gap."""
    root = read_table(file)
    names = {rule.name for rule in rules}
    columns = _columns(root)
    parts: dict[str, dict[str, Row]] = {"categories": {}, "rules": {}}
    stacks = dict[str, list[str]]()
    for part, rows in root.items():
        if part == "stacks":
            stacks = {
                _known(name, row, columns): [pattern.text() for pattern in row.texts()] for name, row in rows.items()
            }
            continue
        if part not in parts:
            rows.refuse(f"{part!r} is none of 'stacks', 'categories' and 'rules'")
        for name, row in rows.items():
            known = CATEGORIES if part == "categories" else names
            if name not in known:
                row.refuse(f"there is no {'category' if part == 'categories' else 'rule'} {name!r}")
            parts[part][name] = _row(row, columns)
    if missing := [name for name in CATEGORIES if name not in parts["categories"]]:
        root.refuse(f"categories without a row: {', '.join(missing)}")
    return Levels(parts["categories"], parts["rules"], columns, read_environments(columns, environments), stacks)


def _known(column: str, node: Node, columns: tuple[str, ...]) -> str:
    if column not in columns:
        node.refuse(f"there is no column {column!r}, expected {', '.join(columns)}")
    return column


def _columns(root: Node) -> tuple[str, ...]:
    """The table's columns from the laxest to the strictest, as its first row has them."""
    rows = dict(root.items()).get("categories")
    first = next((row for _, row in rows.items()), None) if rows else None
    return tuple(name for name, _ in first.items()) if first else ()


def _row(node: Node, columns: tuple[str, ...]) -> Row:
    row: Row = {}
    for column, level in node.items():
        _known(column, level, columns)
        if level.text() not in LEVELS:
            level.refuse(f"there is no level {level.text()!r}, expected {', '.join(LEVELS)}")
        row[column] = LEVELS[level.text()]
    if missing := [column for column in columns if column not in row]:
        node.refuse(f"no level for {', '.join(missing)}")
    return row
