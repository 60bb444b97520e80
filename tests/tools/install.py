"""`act`, which runs workflows on this machine, and `actionlint`, which reads them: built once, like the engine.

The cache folder carries a hash of go.sum, so that a new pin is a new folder and clones at other pins keep theirs.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from gitops.engine.go import Say, go_build
from gitops.engine.install import cache_directory, publish
from gitops.files import hold_lock

MODULE = Path(__file__).parent
PACKAGES = ("github.com/nektos/act", "github.com/rhysd/actionlint/cmd/actionlint")


def ensure(say: Say) -> Path:
    """The folder with `act` and `actionlint`. Raises what the build raises: nothing else has these tools."""
    folder = cache_directory() / f"tools-{hashlib.sha256((MODULE / 'go.sum').read_bytes()).hexdigest()[:16]}"
    with hold_lock(folder.with_suffix(".lock")):
        if not folder.exists():
            say("building act and actionlint from Go modules (once per user; about half a minute)")
            with tempfile.TemporaryDirectory() as scratch:
                out = Path(scratch) / "bin"
                go_build(MODULE, PACKAGES, out, "-s -w", say)
                publish(out, folder)
    return folder


if __name__ == "__main__":
    ensure(print)
