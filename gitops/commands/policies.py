"""`gitops policies`: list the policy pack's rules, explain one, check an exported state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import TextWrapper
from typing import Annotated

import typer

from gitops import catalogue
from gitops.commands import common
from gitops.errors import UserError, nearest
from gitops.targets import ENVIRONMENTS

app = typer.Typer(help="List the policies, explain one, check an exported state.", invoke_without_command=True)


@app.callback()
def listing(context: typer.Context, as_json: common.AsJson = False) -> None:
    """List the policy pack's rules with their level in each environment."""
    if context.invoked_subcommand:
        return
    rules = sorted(catalogue.read(common.checkout()).values(), key=lambda r: (r.category, r.rule))
    if as_json:
        typer.echo(json.dumps([rule.model_dump(mode="json") for rule in rules], indent=1, ensure_ascii=False))
        return
    for rule in rules:
        typer.echo(entry(rule, common.output.width))


def entry(rule: catalogue.Rule, width: int) -> str:
    """A rule's name, severity and levels, then its title, in lines of `width` columns; only a name starts a line."""
    levels = [rule.levels.get(environment, "") for environment in ENVIRONMENTS]
    each = " ".join(f"{environment}:{level}" for environment, level in zip(ENVIRONMENTS, levels, strict=True))
    facts = f"{rule.rule}  {rule.severity}, {each if len(set(levels)) > 1 else f'{levels[0]} everywhere'}"
    indented = TextWrapper(width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "\n".join([*indented.wrap(facts), *indented.wrap("    " + rule.title)])


@app.command()
def explain(name: Annotated[str, typer.Argument(metavar="RULE")], as_json: common.AsJson = False) -> None:
    """Say what a rule wants, why, how to satisfy it and where to read on."""
    rules = catalogue.read(common.checkout())
    rule = rules.get(name)
    if rule is None:
        raise UserError(f"no rule is called '{name}'", hint=f"{nearest(name, rules)} `gitops policies` lists them.")
    if as_json:
        typer.echo(rule.model_dump_json(indent=1))
        return
    levels = ", ".join(f"{level} in {environment}" for environment, level in rule.levels.items())
    lines = [rule.title, "", rule.why, "", f"Fix: {rule.fix}"]
    lines += [f"Config key: {rule.config_key}"] if rule.config_key else []
    lines += [f"Severity: {rule.severity}; {levels}", f"Judges: {', '.join(rule.resource_types)}"]
    lines += [f"Reference: {rule.reference}", f"Example: docs/policies.md#{rule.rule}"]
    common.output.print("\n".join(lines), markup=False)


@app.command()
def check(
    state: Annotated[Path, typer.Argument(metavar="STATE.json", help="what `pulumi stack export` wrote")],
    environment: Annotated[
        str, typer.Option(help="whose levels apply", show_default="the stack's own name, else prod")
    ] = "",
    as_json: common.AsJson = False,
) -> None:
    """Check an exported state, so that the pack can be tried on what already runs. Exit 0 fine, 1 findings."""
    if not state.is_file():
        raise UserError(
            "is a folder" if state.is_dir() else "no such file",
            where=str(state),
            hint="`pulumi stack export --file STATE.json` writes one.",
        )
    if environment and environment not in ENVIRONMENTS:
        raise UserError(f"no environment is called '{environment}'", hint=nearest(environment, ENVIRONMENTS))
    root = common.checkout()
    catalogue.read(root)  # a pack that cannot be read would end with 1, which means findings
    command = [sys.executable, "-m", "policies.check", str(state.resolve()), *(["--json"] if as_json else [])]
    command += ["--environment", environment] if environment else []
    raise typer.Exit(subprocess.run(command, cwd=root).returncode)
