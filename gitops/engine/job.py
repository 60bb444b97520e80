"""What one engine run is told: everything the worker process needs, and nothing it would have to look up."""

from __future__ import annotations

from pathlib import Path

from gitops.engine.project import Project
from gitops.records import Operation, Record


class Job(Record):
    """One operation on one target.

    `root` is the checkout whose code runs (the working tree, or a base revision's); `backend` where the state lies;
    `debug_providers` the stand-in clouds, `judge` the address of their judge and `endpoints` what answers for their
    endpoints, empty for the real ones. `refresh` compares with what the clouds hold, not with what the state says.
    `bound` records the hash of the state that is found; an update that has `expected_state` is refused where the state
    is another one. `project` is anybody's project in place of a stack of the checkout; its folder is `root`.
    `throwaway` says that nobody goes on from a state whose engine was killed: it is made anew. `retired` has a preview
    and an update destroy what there is. Paths are absolute.
    """

    root: str
    stack: str
    environment: str
    operation: Operation
    engine: str
    engine_version: str
    backend: str | None = None
    debug_providers: str = ""
    judge: str = ""
    endpoints: str = ""
    policy_pack: str | None = None
    refresh: bool = False
    bound: bool = False
    expected_state: str = ""
    throwaway: bool = False
    retired: bool = False
    seconds: float = 300
    project: Project | None = None

    @property
    def rehearsal(self) -> bool:
        return bool(self.debug_providers)

    @property
    def folder(self) -> Path:
        """The folder of Pulumi.yaml."""
        return Path(self.root) if self.project else Path(self.root) / "stacks" / self.stack

    @property
    def entry(self) -> Path:
        """The program's file."""
        return self.project.entry if self.project else self.folder / "__main__.py"

    @property
    def target(self) -> str:
        return f"{self.stack}/{self.environment}"
