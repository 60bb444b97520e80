"""The rehearsal clouds as a child process of whoever needs them: `with running(directory) as clouds: …`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from gitops.engine.environment import with_bytecode
from gitops.engine.forks import Started, spawn
from gitops.errors import UserError


@dataclass(frozen=True)
class Clouds:
    """`debug_providers` is the value of PULUMI_DEBUG_PROVIDERS, which makes an engine use these clouds.

    `judge` is the address (`host:port`) that says what the clouds would refuse of a whole program,
    `endpoints` what answers for all of their endpoints.
    """

    debug_providers: str
    judge: str
    endpoints: str


def prepare_judge(address: str) -> None:
    """Has the clouds' judge load in advance what an edited program needs and an unchanged one does not."""
    with suppress(OSError, HTTPException), closing(HTTPConnection(address, timeout=5)) as judge:
        judge.request("GET", "/")
        judge.getresponse()


def start_anew(module: str, arguments: Sequence[str], stdout: int) -> Started:
    return spawn(module, arguments, with_bytecode(os.environ), stdout)


@contextmanager
def running(
    directory: Path,
    *,
    region: str = "us-east-1",
    ahead: Iterable[str] = (),
    fault: str = "",
    start: Callable[[str, Sequence[str], int], Started] = start_anew,
) -> Iterator[Clouds]:
    """Serves the clouds whose inventory is in `directory` until the block ends. Raises UserError if they cannot.

    `ahead` are the SDK modules that the programs will want answers about (gitops.engine.modules.services); `fault` is
    what the clouds do wrong (rehearsal/faults.toml); `start` runs a module with arguments and prints to a descriptor
    (gitops.engine.pool.Pool.start_clouds).

    They lead a session of their own: Ctrl-C in a terminal must reach the engines first, which still talk to them.
    """
    arguments = ["serve", "--clouds", str(directory), "--json", "--region", region, "--ahead", ",".join(ahead)]
    arguments += ["--fault", fault] if fault else []
    read, write = os.pipe()
    with open(read, "rb") as printed:
        try:
            server = start("rehearsal", arguments, write)
        finally:
            os.close(write)
        try:
            ready = printed.readline()
            if not ready:
                command = " ".join([sys.executable, "-m", "rehearsal", *arguments])
                raise UserError(
                    f"the rehearsal clouds did not start (exit code {server.wait()})",
                    hint=f"To see why, run: {command}",
                )
            yield Clouds(**json.loads(ready))
        finally:
            stop(server)


def stop(server: Started) -> None:
    """The end of its input asks the server to leave; one that does not is killed with all that it started."""
    if server.stdin:
        server.stdin.close()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
