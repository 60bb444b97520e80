"""The `gitops` command: every subcommand by name, and the exit codes 0 fine, 1 findings or refusal, 2 could not run."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

import typer

from gitops import storage
from gitops.commands import (
    clouds,
    comment,
    current,
    demo,
    deploy,
    doctor,
    drift,
    drift_issues,
    environments,
    impact,
    invoke,
    join,
    legs,
    notice,
    operate,
    policies,
    preview,
    promote,
    rehearse,
    report,
    rollback,
    setup,
    status,
    supersede,
    unlock,
    verify,
)
from gitops.commands.common import COULD_NOT_RUN, FINDINGS, errors
from gitops.errors import Refused, UserError
from gitops.help import PlainCommand, PlainGroup

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C or SIGTERM ended: 128 and the signal's number."""

app = typer.Typer(
    cls=PlainGroup,
    name="gitops",
    help="From a git diff to stack runs, from stack runs to one report, from a reviewed change to a deployment.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
COMMANDS = (
    *(setup, doctor, environments, status, impact, preview, demo, report),
    *(deploy, verify, rollback, drift, invoke, rehearse, operate, unlock),
)
IN_WORKFLOWS = (clouds, comment, current, drift_issues, join, legs, notice, promote, supersede)
for panel, modules in (("Commands", COMMANDS), ("What the workflows run", IN_WORKFLOWS)):
    for module in modules:
        name = module.__name__.rsplit(".", 1)[-1].replace("_", "-")
        app.command(name, cls=PlainCommand, rich_help_panel=panel)(module.command)
app.add_typer(policies.app, name="policies", cls=PlainGroup, rich_help_panel="Commands")


def main() -> None:
    """Runs the command; whatever could not be run exits with 2, Ctrl-C and SIGTERM end every child.

    Otherwise a bug of the tool would exit with 1, Python's code for a traceback, which here means findings.
    """
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with silence_commands(os.environ):
            app()
    except Refused as error:
        errors.print(f"[red]refused:[/] {escape(str(error))}")
        sys.exit(FINDINGS)
    except UserError as error:
        errors.print(f"[red]error:[/] {escape(str(error))}")
        sys.exit(COULD_NOT_RUN)
    except Exception as error:
        if isinstance(error, OSError) and (cause := storage.explain(error)):
            errors.print(f"[red]error:[/] {escape(str(cause))}")
            sys.exit(COULD_NOT_RUN)
        errors.print_exception(width=120)
        errors.print("[red]error:[/] this is a bug in gitops; the command deployed nothing after it")
        sys.exit(COULD_NOT_RUN)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # typer catches KeyboardInterrupt itself, and says nothing
            errors.print("[yellow]interrupted[/]; every run was ended")
        raise


@contextmanager
def silence_commands(environ: Mapping[str, str]) -> Iterator[None]:
    """In a GitHub job, stops the runner from obeying workflow commands in the block: an endpoint's answer may look like
    one.

    The token that ends the block is new and secret in each run:
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        yield
        return
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        sys.stdout.flush()
        print(f"::{word}::", file=sys.stderr, flush=True)


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def escape(text: str) -> str:
    return text.replace("[", "\\[")
