"""The rehearsal clouds as a child process of whoever needs them: `with running(directory) as clouds: …`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gitops.engine.environment import with_bytecode
from gitops.errors import UserError


@dataclass(frozen=True)
class Clouds:
    """`debug_providers` is the value of PULUMI_DEBUG_PROVIDERS, which makes an engine use these clouds."""

    directory: Path
    debug_providers: str


@contextmanager
def running(directory: Path, *, region: str = "us-east-1", ahead: Iterable[str] = ()) -> Iterator[Clouds]:
    """Serves the clouds whose inventory is in `directory` until the block ends. Raises UserError if they cannot.

    `ahead` are the SDK modules that the programs will want answers about (gitops.engine.modules.services).

    They lead a session of their own: Ctrl-C in a terminal must reach the engines first, which still talk to them.
    """
    command = [sys.executable, "-m", "rehearsal", "serve", "--clouds", str(directory), "--json"]
    command += ["--region", region, "--ahead", ",".join(ahead)]
    server = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=with_bytecode(os.environ),
        start_new_session=True,
    )
    try:
        assert server.stdout
        ready = server.stdout.readline()
        if not ready:
            raise UserError(
                f"the rehearsal clouds did not start (exit code {server.wait()})",
                hint=f"To see why, run: {' '.join(command)}",
            )
        yield Clouds(directory, json.loads(ready)["debug_providers"])
    finally:
        if server.stdin:
            server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout:
            server.stdout.close()
