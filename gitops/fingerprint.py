"""Content hashes of everything that determines the result of a run, so that an unchanged run need not be repeated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from gitops.checkout.git import git
from gitops.checkout.rooms import POLICIES, PROGRAM, TOOL
from gitops.checkout.targets import Target
from gitops.engine import state_file
from gitops.engine.install import VERSION
from gitops.run import Run


def of_previews(run: Run, targets: Sequence[Target]) -> dict[Target, str]:
    """A key for the rehearsed preview of each target: equal exactly when nothing it depends on differs."""
    assert run.sandbox
    common = (
        of_files(run.root, [*PROGRAM, *([POLICIES] if run.judged else [])]),
        of_tool(),
        of_folder(run.sandbox.clouds),
        str(run.refresh),
    )
    return {
        target: of_text(
            str(target),
            str(target in run.retired),
            *common,
            of_files(run.root, [f"stacks/{target.stack}"]),
            of_state(run.sandbox.backend, target.stack, target.environment),
        )
        for target in targets
    }


def of_baseline(root: Path, commit: str, targets: Sequence[Target]) -> str:
    """A key for the deployment of the targets as a commit has them; policies do not judge it."""
    stacks = sorted({f"stacks/{target.stack}" for target in targets})
    trees = git(root, "ls-tree", "--end-of-options", commit, *PROGRAM, *stacks)
    return of_text(trees, of_tool(), *sorted(map(str, targets)))


def of_tool() -> str:
    """One hash over this tool, the rehearsal clouds that it starts and the engine's version.

    These rooms lie beside this module, also where the checkout that runs is another one.
    """
    beside = Path(__file__).parents[1]
    return of_text(VERSION, *(of_folder(beside / room) for room in TOOL))


def of_files(root: Path, paths: Iterable[str]) -> str:
    """One hash over names and contents of the files below `paths` that git tracks or would track."""
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths)
    names = sorted(set(listed.split("\0")) - {""})
    return of_text(*(f"{name}\0{of_file(root / name)}" for name in names if (root / name).is_file()))


def of_folder(folder: Path) -> str:
    """One hash over names and contents of every file below a folder that git knows nothing of."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return of_text(*(f"{path.relative_to(folder)}\0{of_file(path)}" for path in files))


def of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of_state(backend: str, project: str, stack: str) -> str:
    """The deployed resources in a `file://` backend; a stack never made and one with nothing in it are the same."""
    path = state_file.locate(backend, project, stack)
    if not path.exists():
        return "empty"
    latest = json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
    resources = latest.get("resources") or []
    return of_text(json.dumps(resources, sort_keys=True)) if resources else "empty"


def of_text(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
