"""`gitops unlock STACK ENVIRONMENT`: free the lock that a dead update left behind."""

from __future__ import annotations

from typing import Annotated

import typer

from gitops.commands import common
from gitops.commands.common import Rehearse
from gitops.deployed import outputs


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    rehearse: Rehearse = False,
) -> None:
    """Free a target's lock. Only when no update of it runs: an update under way would lose its state."""
    (target,) = common.choose_targets([f"{stack}/{environment}"])
    with common.open_run(rehearse=rehearse, jobs=1, seconds=60) as run:
        outputs.engine_command(run, target, "cancel", "--yes")
    common.output.print(f"{target} is free", markup=False)
