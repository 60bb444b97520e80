"""The file in which a rehearsal's backend keeps a stack, and an empty one made without `stack init`.

Each start of the engine is 0.4 s of processor time (2026-11-22), which every stack of a first rehearsal would pay. The
files are the engine's own: pulumi/sdk/go/common/apitype/stacks.go (`CheckpointV3`, without the `latest` of a stack that
was deployed once) and pulumi/pkg/backend/diy/meta.go (`version: 1`: stacks belong to projects).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitops.engine.job import Job
from gitops.files import hold_lock, write_text

if TYPE_CHECKING:
    from pulumi import automation as auto


def locate(backend: str, project: str, stack: str) -> Path:
    """`backend` is a folder's address (`file://…`)."""
    return locate_folder(backend) / "stacks" / project / f"{stack}.json"


def home(backend: str) -> Path:
    """The engine's own folder (`PULUMI_HOME`) in a rehearsal."""
    return Path(backend.removeprefix("file://")) / "home"


def locate_folder(backend: str) -> Path:
    return Path(backend.removeprefix("file://")) / ".pulumi"


def read(job: Job, stack: auto.Stack) -> dict[str, Any]:
    """A stack's state as `pulumi stack export` prints it: `{"manifest": …, "resources": […], …}`, secrets encrypted.

    Empty for a stack that was never deployed. A rehearsal's is read from its file: an export starts an engine.
    """
    if not job.rehearsal:
        return dict(stack.export_stack().deployment or {})
    file = locate(job.backend or "", job.stack, job.environment)
    return json.loads(file.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}


def make(backend: str, project: str, stack: str) -> None:
    """Makes the stack if it is not there; another run may want to make it at the same time."""
    folder = locate_folder(backend)
    with hold_lock(folder.with_name("making.lock")):
        if not locate(backend, project, stack).exists():
            write_text(folder / "meta.yaml", "version: 1\n")
            # The engine notes every step that it takes in an encrypted file under `logs`, which is a third of its
            # processor time (2026-11-22). With a file where the folder would be it keeps no such notes
            # (pulumi/pkg/logging/encrypted.go, StartLogging: "automatic logging unavailable").
            if not (logs := home(backend) / "logs").exists():
                write_text(logs, "")
            empty = {"version": 3, "checkpoint": {"stack": f"organization/{project}/{stack}"}}
            write_text(locate(backend, project, stack), json.dumps(empty))
