"""`gitops unlock STACK ENVIRONMENT`: say who holds a target's lock, and take away the one that a dead update left."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from gitops.backend import read_address, require_state_backend
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, Rehearse
from gitops.run import Sandbox
from gitops.state_locks.release import open_locks, release


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    lock: Annotated[
        str, typer.Option("--lock", metavar="ID", help="remove this lock; without it, only list locks")
    ] = "",
    rehearse: Rehearse = False,
) -> None:
    """List a target's locks with owner and age, or free one. Exit 0 free, 1 locked or refused, 2 could not look."""
    target = common.choose_target(stack, environment)
    if not rehearse:
        require_state_backend(os.environ)
    sandbox = Sandbox(common.checkout() / ".rehearsal")
    locks = open_locks(sandbox.backend if rehearse else read_address(os.environ), target)
    if lock:
        common.output.print(f"taken away: {release(locks, lock).describe(datetime.now(UTC))}", markup=False)
    held = list(locks.read())
    for still_held in held:
        common.output.print(still_held.describe(datetime.now(UTC)), markup=False)
    if held:
        common.say("a running update would lose its state: make sure that it has ended, then give --lock ID")
    else:
        common.output.print(f"{target} is free", markup=False)
    raise typer.Exit(FINDINGS if held else FINE)
