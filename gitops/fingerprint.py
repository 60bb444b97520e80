"""Content hashes of what an engine run depends on, so that an unchanged one need not be run again."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from gitops.errors import UserError

ROOMS = ("shared", "serving", "locks/project.txt", "pyproject.toml")
"""What every stack may use besides its own folder."""


def of_files(root: Path, places: Iterable[str]) -> str:
    """One hash over names and contents of the files at `places` that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *places]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if result.returncode != 0:
        raise UserError(
            f"git cannot list the files of {root}: {result.stderr.strip()}", hint="Run inside the checkout."
        )
    digest = hashlib.sha256()
    for name in sorted(set(result.stdout.split("\0")) - {""}):
        path = root / name
        if path.is_file():
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def of_folder(folder: Path) -> str:
    """One hash over names and contents of every file below a folder that git knows nothing of."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def of_tool() -> str:
    """One hash over this tool and the rehearsal clouds that it starts."""
    here = Path(__file__).parent
    return of_text(*(of_folder(folder) for folder in (here, here.parent / "rehearsal")))


def of_state(backend: Path, project: str, stack: str) -> str:
    """The deployed resources in a `file://` backend; a stack never made and one with nothing in it are the same."""
    path = backend / ".pulumi" / "stacks" / project / f"{stack}.json"
    if not path.exists():
        return "empty"
    latest = json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
    resources = latest.get("resources") or []
    return of_text(json.dumps(resources, sort_keys=True)) if resources else "empty"


def of_text(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
