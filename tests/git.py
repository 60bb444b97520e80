"""Git in the tests' own checkouts, under an identity of its own and unsigned, whatever the user has configured."""

from __future__ import annotations

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str) -> str:
    """What git prints, without the last line's end. Raises CalledProcessError if git refuses."""
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def commit_all(root: Path, message: str = "all") -> str:
    """Commits everything in the folder, which becomes a repository if it is none yet; returns the commit."""
    if not (root / ".git").exists():
        git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD")
