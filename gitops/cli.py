"""The `gitops` command: every subcommand by name, and the exit codes 0 fine, 1 findings or refusal, 2 could not run."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer

from gitops import storage
from gitops.commands import (
    comment,
    demo,
    deploy,
    doctor,
    drift,
    invoke,
    policies,
    preview,
    rehearse,
    report,
    setup,
    unlock,
)
from gitops.commands.common import COULD_NOT_RUN, errors
from gitops.errors import UserError

app = typer.Typer(
    name="gitops",
    help="From a git diff to stack runs, from stack runs to one report, from a reviewed change to a deployment.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for module in (setup, doctor, preview, demo, report, comment, deploy, drift, invoke, rehearse, unlock):
    app.command(module.__name__.rsplit(".", 1)[-1])(module.command)
app.add_typer(policies.app, name="policies")


def main() -> None:
    """Runs the command; whatever could not be run exits with 2, Ctrl-C and SIGTERM end every child.

    Without this a fault of the tool would exit with 1, Python's code for a traceback, which here means findings.
    """
    signal.signal(signal.SIGTERM, interrupt)
    try:
        app()
    except UserError as error:
        errors.print(f"[red]error:[/] {escape(str(error))}")
        sys.exit(COULD_NOT_RUN)
    except Exception as error:
        if isinstance(error, OSError) and (cause := storage.explain(error)):
            errors.print(f"[red]error:[/] {escape(str(cause))}")
            sys.exit(COULD_NOT_RUN)
        errors.print_exception(width=120)
        errors.print("[red]error:[/] this is a fault of gitops itself; nothing was deployed by this command after it")
        sys.exit(COULD_NOT_RUN)
    except KeyboardInterrupt:
        errors.print("[yellow]interrupted[/]; every run was ended")
        sys.exit(130)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def escape(text: str) -> str:
    return text.replace("[", "\\[")
