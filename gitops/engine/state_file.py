"""The file in which a rehearsal's backend keeps a stack, and an empty one made without `stack init`.

Each start of the engine is 0.4 s of processor time (2026-11-22), which every stack of a first rehearsal would pay. The
files are the engine's own: pulumi/sdk/go/common/apitype/stacks.go (`CheckpointV3`, without the `latest` of a stack that
was deployed once) and pulumi/pkg/backend/diy/meta.go (`version: 1`: stacks belong to projects).
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def locate(backend: str, project: str, stack: str) -> Path:
    """`backend` is a folder's address (`file://…`)."""
    return locate_folder(backend) / "stacks" / project / f"{stack}.json"


def locate_folder(backend: str) -> Path:
    return Path(backend.removeprefix("file://")) / ".pulumi"


def make(backend: str, project: str, stack: str) -> None:
    """Makes the stack if it is not there; another run may make it at the same time."""
    file = locate(backend, project, stack)
    if file.exists():
        return
    write_first(locate_folder(backend) / "meta.yaml", "version: 1\n")
    write_first(file, json.dumps({"version": 3, "checkpoint": {"stack": f"organization/{project}/{stack}"}}))


def write_first(path: Path, text: str) -> None:
    """Writes a file whole, unless somebody has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.") as file:
        file.write(text)
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
