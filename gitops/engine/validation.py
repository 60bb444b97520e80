"""Asking a checkout to validate a stack's config before the engine starts.

The contract's own checker (`python -m shared.validate stacks/<stack> <environment>`) belongs to the checkout that
runs, so it is executed, never imported: a base revision is judged by its own contract.
"""

from __future__ import annotations

import contextlib
import io
import json
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
    code, text = execute(root, [f"stacks/{stack}", environment])
    if code in (None, 0):
        return None
    try:
        found: list[dict[str, Any]] = json.loads(text)
    except ValueError:
        return RunError(kind="config", message=text.strip() or f"shared.validate ended with {code}")
    first = found[0]
    source = SourceLine(file=first["file"], line=first.get("line") or 1)
    message = "; ".join(f"{p['file']}:{p.get('line') or 1}: {p['message']}" for p in found)
    return RunError(kind="config", message=message, hint="Mend the config file and run again.", source=source)


def execute(root: Path, arguments: list[str]) -> tuple[object, str]:
    out, before, argv, path = io.StringIO(), os.getcwd(), sys.argv, list(sys.path)
    os.chdir(root)
    sys.argv, sys.path[0:0] = ["shared.validate", *arguments], [str(root)]
    code: object = 0
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_module("shared.validate", run_name="__main__", alter_sys=False)
    except SystemExit as error:
        code = error.code
    finally:
        os.chdir(before)
        sys.argv, sys.path[:] = argv, path
    return code, out.getvalue()
