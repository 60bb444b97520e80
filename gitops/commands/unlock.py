"""`gitops unlock STACK ENVIRONMENT`: take away the lock that a dead update left behind, and no other."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import Annotated

import typer

from gitops.backend import backend_address
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, Rehearse
from gitops.github.client import from_environment
from gitops.github.runs import find_ended_run
from gitops.run import Sandbox
from gitops.state_locks import find_locks, open_store, refuse_unlock
from gitops.targets import discover, select


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    rehearse: Rehearse = False,
    run: Annotated[
        int | None, typer.Option("--run", min=1, metavar="ID", help="the workflow run that took it, from its address")
    ] = None,
) -> None:
    """Say who holds a target's lock, and free it once that has certainly ended. Exit 0 it is free, 1 it stays."""
    root = common.checkout()
    (target,) = select(discover(root), [f"{stack}/{environment}"])
    store = open_store(Sandbox(root / ".rehearsal").backend if rehearse else backend_address(os.environ))
    ended = find_ended_run(from_environment(os.environ), run) if run else None
    stays = False
    for lock in find_locks(store, target):
        told = lock.describe(datetime.now(UTC))
        if reason := refuse_unlock(lock, socket.gethostname(), is_alive, ended):
            stays = True
            common.output.print(f"{told}: stays, {reason}", markup=False)
            continue
        store.remove(lock.key)
        common.output.print(f"{told}: taken away", markup=False)
    common.output.print(f"{target} is {'locked' if stays else 'free'}", markup=False)
    raise typer.Exit(FINDINGS if stays else FINE)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
