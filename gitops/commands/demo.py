"""`gitops demo`: the report a pull request gets that makes three edits a reviewer should catch."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE
from gitops.demo import read_edits
from gitops.errors import UserError


def command(
    out: Annotated[Path | None, typer.Option("--out", help="folder of the report (default: report/demo/)")] = None,
) -> None:
    """Clone the checkout, make three bad edits, preview them against HEAD. Exit 0 when the report catches them."""
    root, out = common.checkout(), common.report_folder(out, "report/demo")
    with tempfile.TemporaryDirectory(prefix="gitops-demo-") as name:
        copy = Path(name).resolve() / root.name
        clone(root, copy)
        for edit in read_edits():
            edit.apply(copy)
            common.say(f"edit {edit.file}: {edit.why}")
        arguments = ["preview", "--base", "HEAD", "--sandbox", str(root / ".rehearsal"), "--out", str(out.resolve())]
        shown = subprocess.run(
            [sys.executable, "-m", "gitops", *arguments], cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}
        )
    raise typer.Exit(judge(shown.returncode))


def judge(previewed: int) -> int:
    """The demo's exit code: 0 if the preview found something, else 1."""
    return {FINDINGS: FINE, FINE: FINDINGS}.get(previewed, previewed)


def clone(root: Path, copy: Path) -> None:
    result = subprocess.run(["git", "clone", "--quiet", str(root), str(copy)], capture_output=True, text=True)
    if result.returncode != 0:
        raise UserError(f"git clone: {result.stderr.strip()}", hint="The demo needs a git checkout with a commit.")
