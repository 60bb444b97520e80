"""What a team sets without touching the pack: levels, thresholds, environments, exemptions and baseline.

It lies beside the pack as `config.json`, and comes through the engine's policy config (`pulumi preview
--policy-pack-config FILE.json`), or from the same file given to `check`, which then say more. `Settings` is what the
judge uses; `policies.config` reads and validates the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_policy import EnforcementLevel

from .rule import Rule

PACK = "pack-settings"
"""The policy under whose name the settings of the whole pack stand."""


class BadConfig(ValueError):
    """The policy config cannot be used; the message names the key, what was found and what was expected."""


@dataclass(frozen=True)
class Stacks:
    """Which stacks an environment has: by patterns of their name, or by their tags; all tags given must match."""

    names: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def has(self, stack_name: str, tags: Mapping[str, str]) -> bool:
        short = stack_name.rsplit("/", 1)[-1]
        if any(fnmatchcase(name, pattern) for pattern in self.names for name in (short, stack_name)):
            return True
        return bool(self.tags) and all(fnmatchcase(tags.get(key, ""), pattern) for key, pattern in self.tags.items())


class Choice(NamedTuple):
    """A level that somebody set, and where: the file's name, or the engine's policy config."""

    level: EnforcementLevel
    by: str


@dataclass(frozen=True)
class Settings:
    """Nothing set is the pack as it comes.

    `levels` are by rule, whatever the environment; `rules` and `categories` by name and column of `levels.yaml`.
    """

    levels: Mapping[str, Choice] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    categories: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    environments: Mapping[str, Stacks] = field(default_factory=dict)
    exemptions: Path | None = None
    baseline: Path | None = None

    def overridden_by(self, other: Settings) -> Settings:
        """These settings, and the other's where it says something: its level of a rule ends those by column."""
        columns = {name: row for name, row in self.rules.items() if name not in other.levels}
        return replace(
            self,
            levels={**self.levels, **other.levels},
            rules=_merge(columns, other.rules),
            parameters=_merge(self.parameters, other.parameters),
            categories={**self.categories, **other.categories},
            environments=other.environments or self.environments,
            exemptions=other.exemptions or self.exemptions,
            baseline=other.baseline or self.baseline,
        )

    def environment_of(self, stack_name: str | None, tags: Mapping[str, str]) -> str | None:
        """The environment that the settings give a stack, the first that matches; None where none does."""
        return next(
            (name for name, environment in self.environments.items() if environment.has(stack_name or "", tags)), None
        )

    def choice(self, rule: Rule, column: str) -> Choice | None:
        """The level set for the rule in this column, else for the rule, else for its category in this column."""
        return (
            self.rules.get(rule.name, {}).get(column)
            or self.levels.get(rule.name)
            or self.categories.get(rule.category, {}).get(column)
        )

    def level(self, rule: Rule, column: str, own: EnforcementLevel) -> Choice:
        """The level that holds, and who set it where it is another than the pack's own; else nobody did."""
        choice = self.choice(rule, column)
        return choice if choice and choice.level is not own else Choice(own, "")

    def apply_to(self, rule: Rule) -> Rule:
        """The rule with its thresholds as set."""
        return rule.with_parameters(self.parameters.get(rule.name, {}))


def _merge(
    first: Mapping[str, Mapping[str, Any]], second: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Row by row, the second's values over the first's."""
    return {name: {**first.get(name, {}), **second.get(name, {})} for name in {**first, **second}}


NOT_SET = Settings()
