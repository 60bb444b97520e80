"""Azurite, an Azure Blob server for tests: installed once from the lock beside this file, which has all hashes."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitops.engine.install import cache_directory, publish
from gitops.files import hold_lock

FOLDER = Path(__file__).parent
ACCOUNT, KEY = (
    "devstoreaccount1",
    # the key of every such server: https://learn.microsoft.com/en-us/azure/storage/common/storage-connect-azurite
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
)
LISTENS = re.compile(r"listens on https?://(\S+)")


def ensure() -> Path:
    """The script to start with node. Nothing of the packages is run while they are installed."""
    lock = FOLDER / "package-lock.json"
    folder = cache_directory() / f"azurite-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    with hold_lock(folder.with_suffix(".lock")):
        if not folder.exists():
            with tempfile.TemporaryDirectory() as scratch:
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(FOLDER / name, scratch)
                command = ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
                subprocess.run(command, cwd=scratch, check=True, capture_output=True, timeout=540)
                publish(Path(scratch), folder)
    return folder / "node_modules/azurite/dist/src/blob/main.js"


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address (`127.0.0.1:PORT`) of a server that keeps everything in memory, for the block."""
    fixed = [
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        "0",
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--silent",
    ]
    command = ["node", str(ensure()), *fixed, "--disableTelemetry", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            printed = iter(server.stdout or ())
            address = next(found[1] for line in printed if (found := LISTENS.search(line)))
            yield address
        finally:
            server.kill()
