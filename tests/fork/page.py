"""A how-to page, followed to the letter: what it shows as files and what it shows as commands, in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.worlds import FOLDER, ROOT

BLOCK = re.compile(r'^```\w+ (?P<kind>title|insert|append)="(?P<path>[^"]+)"\n(?P<text>.*?)^```$', re.M | re.S)
COMMAND = re.compile(r"^ {4}(?P<command>\S.*?)(?: {2,}#.*)?$", re.M)


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(page: str) -> list[tuple[str, str, str]]:
    """What is to be done (`title` is a whole file, `append` the end of one), the path and the text of each block."""
    return [(found["kind"], found["path"], found["text"]) for found in BLOCK.finditer(page)]


def write_files(page: str, tree: Path) -> None:
    """Writes what the page shows as whole files, and appends what it appends."""
    for kind, path, text in blocks(page):
        file = tree / path
        if kind == "title":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif kind == "append":
            file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def commands(page: str) -> list[str]:
    """The lines of its indented blocks, without their comments."""
    text = re.sub(r"^```.*?^```$", "", page, flags=re.M | re.S)
    return [found["command"] for found in COMMAND.finditer(text)]


def run(tree: Path, command: str) -> str:
    """What the command prints in the copy, which is ahead of the installed checkout. Fails the test when it fails."""
    bin_folder = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    environment.pop(FOLDER, None)
    # `make` must not install the copy into the environment that runs this
    command = re.sub(r"^make ", "make -o .venv/.locked -o .venv/.ready ", command)
    done = subprocess.run(["sh", "-ec", command], cwd=tree, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout + done.stderr
