"""What a report cannot read off the records: which commit they belong to and where links lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from gitops.records import SourceLine

REMOVED = (
    "The change removes these targets, so its merge destroys their resources, environment by environment, after "
    "approval. Protected resources are refused until a deployment has removed their protection."
)

REHEARSAL = (
    "Rehearsed: the real engine and policy pack ran against stand-in clouds. That proves the program, its "
    "configuration, property names and values, replacements and policies; only a real cloud shows quotas, "
    "permissions, capacity and whether images exist."
)


@dataclass(frozen=True)
class Context:
    """All fields may be empty; links are then left out. URLs carry no trailing slash.

    `edited` says that the tree differs from `commit`. `judge_changes` are sentences about how this change weakens the
    policy pack, one each. `removed` are the targets of `base` that the change has no longer.
    `promotion` are sentences about what this environment gets beside what the one before it verified.
    `artefact_sizes` are bytes of packed models by digest (`sha256:…`), of `base` and of the change.
    """

    repository_url: str = ""
    commit: str = ""
    edited: bool = False
    base: str = ""
    run_url: str = ""
    report_url: str = ""
    rehearsal: bool = True
    judge_changes: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    promotion: tuple[str, ...] = ()
    artefact_sizes: Mapping[str, int] = field(default_factory=dict)

    def link(self, source: SourceLine | None) -> str:
        """The web address of a line at the reviewed commit, empty where it cannot be known."""
        if not (source and self.repository_url and self.commit):
            return ""
        return f"{self.file_link(source.file)}#L{source.line}"

    def file_link(self, path: str) -> str:
        """The web address of a file at the reviewed commit, empty where it cannot be known."""
        if not (self.repository_url and self.commit):
            return ""
        commit, file = quote(self.commit, safe="", errors="replace"), quote(path, errors="replace")
        return f"{self.repository_url}/blob/{commit}/{file}"

    @property
    def revision(self) -> str:
        """The commit in short, empty where it is not known."""
        return self.commit[:12] + (" with uncommitted changes" if self.commit and self.edited else "")

    @property
    def full_report(self) -> str:
        return self.report_url or self.run_url
