"""`gitops clouds`: which clouds this environment's variables mean, for the steps of a workflow."""

from __future__ import annotations

import json
import os
from typing import Annotated

import typer

from gitops.errors import UserError
from gitops.mode import REAL, find_mode

VARIABLES = "GITOPS_VARIABLES"


def command(
    before: Annotated[str, typer.Option("--before", help="mode of the environment promoted from")] = "",
) -> None:
    """Print `mode` and `option` as lines of $GITHUB_OUTPUT. Reads GITOPS_VARIABLES, a job's variables as JSON."""
    try:
        variables = json.loads(os.environ.get(VARIABLES) or "{}")
    except ValueError as error:
        raise UserError(f"no JSON: {error}", where=VARIABLES, hint="Give it toJSON(vars).") from error
    mode = find_mode(variables, before)
    typer.echo(f"mode={mode}\noption={'' if mode == REAL else '--rehearse'}")
