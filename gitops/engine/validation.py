"""Asking a checkout to validate a stack's config before the engine starts.

The contract's own checker (`shared/validate.py`) belongs to the checkout that runs, so it is executed from there, never
imported: a base revision is judged by its own contract.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import Any

from gitops.records import RunError, SourceLine


def problems(root: Path, stack: str, environment: str) -> RunError | None:
    """What the checkout's contract finds wrong with the config, all of it in one error; None if it is fine."""
    if not (root / "shared" / "validate.py").exists():
        return None
    faults = run_checker(root, stack, environment)
    if not faults:
        return None
    source = SourceLine(file=faults[0].file, line=faults[0].line or 1)
    message = "\n".join(f"{p.file}:{p.line or 1}: {p.message}" for p in faults)
    return RunError(kind="config", message=message, hint="Fix the config file and run again.", source=source)


def run_checker(root: Path, stack: str, environment: str) -> list[Any]:
    """The checker's own list: each with `file`, `line` (0 if unknown) and `message`."""
    before, path = os.getcwd(), list(sys.path)
    os.chdir(root)
    sys.path[0:0] = [str(root)]
    try:
        checker = runpy.run_module("shared.validate", alter_sys=False)
        return checker["problems"](root / "stacks" / stack, environment)
    finally:
        os.chdir(before)
        sys.path[:] = path
