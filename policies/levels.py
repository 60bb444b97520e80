"""How strict a rule is in an environment: one table, `levels.yaml`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pulumi_policy import EnforcementLevel

from .rule import CATEGORIES, Rule
from .tables import Node, read_table

ENVIRONMENTS = ("dev", "staging", "prod")
LEVELS = {level.value: level for level in EnforcementLevel if level is not EnforcementLevel.REMEDIATE}
FILE = Path(__file__).with_name("levels.yaml")

Row = dict[str, EnforcementLevel]


def environment_of(stack_name: str | None) -> str:
    """The environment a stack's name stands for. A name that is not one of ours is judged as prod: never laxer."""
    name = (stack_name or "").rsplit("/", 1)[-1]
    return name if name in ENVIRONMENTS else "prod"


@dataclass(frozen=True)
class Levels:
    """Rows of the table: by category, and by rule where a rule differs from its category."""

    categories: dict[str, Row]
    rules: dict[str, Row]

    def of(self, rule: Rule, environment: str) -> EnforcementLevel:
        return (self.rules.get(rule.name) or self.categories[rule.category])[environment]


def read_levels(rules: Iterable[Rule], file: Path = FILE) -> Levels:
    """Reads the table. Raises BadTable naming the line: an unknown rule, category, environment or level, a gap."""
    root = read_table(file)
    names = {rule.name for rule in rules}
    parts: dict[str, dict[str, Row]] = {"categories": {}, "rules": {}}
    for part, rows in root.items():
        if part not in parts:
            rows.refuse(f"{part!r} is neither 'categories' nor 'rules'")
        for name, row in rows.items():
            known = CATEGORIES if part == "categories" else names
            if name not in known:
                row.refuse(f"there is no {'category' if part == 'categories' else 'rule'} {name!r}")
            parts[part][name] = _row(row)
    if missing := [name for name in CATEGORIES if name not in parts["categories"]]:
        root.refuse(f"categories without a row: {', '.join(missing)}")
    return Levels(parts["categories"], parts["rules"])


def _row(node: Node) -> Row:
    row: Row = {}
    for environment, level in node.items():
        if environment not in ENVIRONMENTS:
            level.refuse(f"there is no environment {environment!r}, expected {', '.join(ENVIRONMENTS)}")
        if level.text() not in LEVELS:
            level.refuse(f"there is no level {level.text()!r}, expected {', '.join(LEVELS)}")
        row[environment] = LEVELS[level.text()]
    if missing := [environment for environment in ENVIRONMENTS if environment not in row]:
        node.refuse(f"no level for {', '.join(missing)}")
    return row
