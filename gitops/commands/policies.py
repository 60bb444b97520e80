"""`gitops policies`: list the judge's rules, explain one, judge an exported state."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gitops import catalogue
from gitops.commands import common
from gitops.errors import UserError, nearest
from gitops.targets import ENVIRONMENTS

NARROWEST = 130
"""Columns below which a rule's name, which one must be able to copy, would be cut."""

app = typer.Typer(help="The judge's rules.", invoke_without_command=True)


@app.callback()
def listing(context: typer.Context) -> None:
    """List the rules with their level in each environment."""
    if context.invoked_subcommand:
        return
    table = Table(box=None, pad_edge=False)
    for column in ("rule", "severity", *ENVIRONMENTS):
        table.add_column(column, no_wrap=True)
    table.add_column("title", ratio=1)
    for rule in sorted(catalogue.read(common.checkout()).values(), key=lambda r: (r.category, r.rule)):
        levels = (rule.levels.get(environment, "") for environment in ENVIRONMENTS)
        table.add_row(rule.rule, rule.severity, *levels, rule.title)
    common.output.print(table, soft_wrap=False, width=max(common.output.width, NARROWEST))


@app.command()
def explain(name: Annotated[str, typer.Argument(metavar="RULE")]) -> None:
    """Say what a rule wants, why, how to satisfy it and where to read on."""
    rules = catalogue.read(common.checkout())
    rule = rules.get(name)
    if rule is None:
        raise UserError(f"no rule is called '{name}'", hint=nearest(name, rules))
    levels = ", ".join(f"{level} in {environment}" for environment, level in rule.levels.items())
    lines = [rule.title, "", rule.why, "", f"Fix: {rule.fix}"]
    lines += [f"Config key: {rule.config_key}"] if rule.config_key else []
    lines += [f"Severity: {rule.severity}; {levels}", f"Judges: {', '.join(rule.resource_types)}", rule.reference]
    common.output.print("\n".join(lines), markup=False)


@app.command()
def check(
    state: Annotated[Path, typer.Argument(metavar="STATE.json", help="what `pulumi stack export` wrote")],
    environment: Annotated[str, typer.Option(help="whose levels apply")] = "prod",
    as_json: common.AsJson = False,
) -> None:
    """Judge an exported state, so that the pack can be tried on what already runs. Exit 0 fine, 1 findings."""
    if not state.is_file():
        raise UserError("no such file", where=str(state), hint="`pulumi stack export --file STATE.json` writes one.")
    command = [sys.executable, "-m", "policies.check", str(state.resolve()), "--environment", environment]
    result = subprocess.run([*command, *(["--json"] if as_json else [])], cwd=common.checkout())
    raise typer.Exit(result.returncode)
