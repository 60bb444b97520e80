"""The command as a user starts it, in a checkout of the tests' own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.git import git

TOPIC = 'import pulumi, pulumi_aws as aws\naws.sns.Topic("news")\npulumi.export("x", 1)\n'
"""A program with one topic and one output."""


def run_gitops(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`gitops …`, started in the folder; exit code and output are the result."""
    command = [sys.executable, "-m", "gitops", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)


def initialise(root: Path) -> Path:
    """The folder, as a repository without a commit."""
    git(root, "init", "--quiet")
    return root
