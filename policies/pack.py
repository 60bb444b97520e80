"""The pack as its folder holds it: rules, levels, exemptions; and the judge that it makes for a stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from .environments import environment_of
from .exemptions import Exemption, read_exemptions
from .judge import Judge
from .levels import Levels, read_levels
from .rule import Rule
from .rules import catalogue
from .settings import NOT_SET, Settings
from .tolerated import read_baseline

NAME = "inference"
VERSION = "1.10.0"
CONFIG = Path(__file__).with_name("config.json")
"""What the repository sets for all its runs, in the form of the engine's policy config; need not be there."""


@dataclass(frozen=True)
class Pack:
    """What judges, before it is known which stack."""

    rules: tuple[Rule, ...]
    levels: Levels
    exemptions: tuple[Exemption, ...]
    today: date
    settings: Settings = NOT_SET

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table of levels, the strictest last."""
        return self.levels.columns

    def judge(
        self,
        stack_name: str | None,
        tags: Mapping[str, str] | None = None,
        more: Settings = NOT_SET,
        environment: str = "",
    ) -> Judge:
        """The judge for a stack, with `more` settings than the pack's own, at the levels of `environment` if given.

        Raises BadTable.
        """
        settings = self.settings.overridden_by(more)
        given = environment or settings.environment_of(stack_name, tags or {})
        unmatched = bool(settings.environments) and not given
        return Judge(
            self.rules,
            self.levels,
            read_exemptions(settings.exemptions) if settings.exemptions else self.exemptions,
            given or environment_of(None if unmatched else stack_name),
            self.today,
            settings=settings,
            baseline=read_baseline(settings.baseline) if settings.baseline else {},
            unmatched=unmatched,
        )


def read_pack(config: Path = CONFIG) -> Pack:
    """The pack of this folder, as the repository has configured it. Raises BadTable, BadConfig."""
    rules = catalogue()
    levels = read_levels(rules)
    return Pack(rules, levels, read_exemptions(), datetime.now(UTC).date(), read_settings(config, rules, levels))


def read_settings(file: Path, rules: Sequence[Rule], levels: Levels) -> Settings:
    """The settings of a file, if it is there. Raises BadConfig naming the file."""
    if not file.exists():
        return NOT_SET
    from . import config  # only where something is set

    return config.read_config(file, rules, levels.columns)
