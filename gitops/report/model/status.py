"""What runs where, as the status page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gitops.checkout.targets import Target
from gitops.report.text.words import plural


@dataclass(frozen=True)
class Deployed:
    """The last update of a target. `commit` is empty where the engine ran outside a repository; `when` is UTC."""

    version: str
    digest: str
    commit: str
    edited: bool
    when: datetime
    succeeded: bool
    url: str


@dataclass(frozen=True)
class StatusRow:
    """A target as the page shows it. `ahead` counts the commits of HEAD that it lacks; None where git cannot tell.

    `waiting` says what the environment before it has and it has not; `drift` what the last look found.
    """

    target: Target
    deployed: Deployed | None
    ahead: int | None = None
    waiting: str = ""
    drift: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        notes = ["the last update failed"] if self.deployed and not self.deployed.succeeded else []
        notes += [self.waiting] if self.waiting else []
        notes += [f"{plural(self.ahead, 'commit')} behind HEAD"] if self.ahead else []
        return (*notes, *([self.drift] if self.drift else []))
