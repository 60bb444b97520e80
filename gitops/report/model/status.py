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
class Verified:
    """What `gitops verify` found the last time. `reason` says why it is not fine, empty if it is; `when` is UTC."""

    reason: str
    when: datetime


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
    verified: Verified | None = None

    @property
    def verification(self) -> str:
        """When it was verified, and whether it was fine: `2026-11-21 20:18 ✓`; empty if not since it was deployed."""
        if self.deployed is None or self.verified is None or self.verified.when < self.deployed.when:
            return ""
        return f"{self.verified.when:%Y-%m-%d %H:%M} {'✗' if self.verified.reason else '✓'}"

    @property
    def refuted(self) -> bool:
        """Whether the last verification since the deployment found that it is not fine."""
        return bool(self.verification and self.verified and self.verified.reason)

    @property
    def notes(self) -> tuple[str, ...]:
        notes = ["the last update failed"] if self.deployed and not self.deployed.succeeded else []
        notes += [self.verified.reason] if self.verified and self.refuted else []
        notes += [self.waiting] if self.waiting else []
        notes += [f"{plural(self.ahead, 'commit')} behind HEAD"] if self.ahead else []
        return (*notes, *([self.drift] if self.drift else []))
