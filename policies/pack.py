"""The pack as its folder holds it: rules, levels, exemptions; and the judge that it makes for a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .environments import environment_of
from .exemptions import Exemption, read_exemptions
from .judge import Judge
from .levels import Levels, read_levels
from .rule import Rule
from .rules import catalogue
from .settings import NOT_SET, Settings
from .tolerated import read_baseline

NAME = "inference"
VERSION = "1.1.0"


@dataclass(frozen=True)
class Pack:
    """What judges, before it is known which stack."""

    rules: tuple[Rule, ...]
    levels: Levels
    exemptions: tuple[Exemption, ...]
    today: date

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table of levels, the strictest last."""
        return self.levels.columns

    def judge(
        self,
        stack_name: str | None,
        tags: Mapping[str, str] | None = None,
        settings: Settings = NOT_SET,
        environment: str = "",
    ) -> Judge:
        """The judge for a stack, at the levels of `environment` where it is given. Raises BadTable."""
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


def read_pack() -> Pack:
    """The pack of this folder. Raises BadTable."""
    rules = catalogue()
    return Pack(rules, read_levels(rules), read_exemptions(), datetime.now(UTC).date())
