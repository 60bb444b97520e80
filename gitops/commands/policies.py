"""`gitops policies`: list the policy pack's rules, explain one, check an exported state, write a baseline of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import TextWrapper
from typing import Annotated, Any

import typer

from gitops import catalogue, checked
from gitops.commands import common
from gitops.commands.common import one_of
from gitops.errors import UserError, require_known
from gitops.help import PlainCommand
from gitops.records import Severity

Categories = Annotated[list[str] | None, typer.Option("--category", help="only rules of this category")]
LISTED = "`gitops policies` lists them."
FORMATS = ("text", "json", *checked.FORMATS)
LEVELS = "|".join(Severity)
Severities = Annotated[
    list[Severity] | None,
    typer.Option("--severity", metavar=LEVELS, parser=one_of(Severity, "severity"), help="only rules of this severity"),
]
Frameworks = Annotated[
    list[str] | None,
    typer.Option("--framework", help="only for security-hub, nist, cis, well-architected, azure-waf, or an id"),
]
State = Annotated[Path, typer.Argument(metavar="STATE.json", help="what `pulumi stack export` wrote")]
Config = Annotated[Path | None, typer.Option(metavar="FILE.json", help="the file that --policy-pack-config takes")]

app = typer.Typer(
    help="List the policies, explain one, check an exported state, write a baseline.", invoke_without_command=True
)


@app.callback()
def listing(
    context: typer.Context,
    category: Categories = None,
    severity: Severities = None,
    framework: Frameworks = None,
    as_json: common.AsJson = False,
) -> None:
    """List the policy pack's rules with their level in each environment."""
    if context.invoked_subcommand:
        return
    rules = catalogue.read(common.checkout())
    every = sorted(rules.values(), key=lambda r: (r.category, r.rule))
    require_filters(rules, category, framework)
    wanted = [rule for rule in every if rule.is_wanted(category or (), severity or (), framework or ())]
    if as_json:
        typer.echo(json.dumps([rule.model_dump(mode="json") for rule in wanted], indent=1, ensure_ascii=False))
        return
    for rule in wanted:
        typer.echo(entry(rule, common.output.width))


def require_filters(rules: catalogue.Catalogue, categories: list[str] | None, frameworks: list[str] | None) -> None:
    for name in categories or ():
        require_known("category", name, {rule.category for rule in rules.values()}, where="--category")
    for name in frameworks or ():
        require_known("framework", name, {name for rule in rules.values() for name in rule.served}, where="--framework")


def entry(rule: catalogue.Rule, width: int) -> str:
    """A rule's name, severity and levels, then its title, in lines of `width` columns; only a name starts a line."""
    levels = list(rule.levels.values())
    by_environment = " ".join(f"{environment}:{level}" for environment, level in rule.levels.items())
    facts = f"{rule.rule}  {rule.severity}, {by_environment if len(set(levels)) > 1 else f'{levels[0]} everywhere'}"
    facts += f" ({', '.join(sorted(set(rule.set_by.values())))})" if rule.set_by else ""
    indented = TextWrapper(width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "\n".join([*indented.wrap(facts), *indented.wrap("    " + rule.title)])


@app.command(cls=PlainCommand)
def explain(name: Annotated[str, typer.Argument(metavar="RULE")], as_json: common.AsJson = False) -> None:
    """Explain a rule: what it requires, why, how to satisfy it, and where to read more."""
    rules = catalogue.read(common.checkout())
    rule = rules[require_known("rule", catalogue.former_names(rules).get(name, name), rules, more=LISTED)]
    if as_json:
        typer.echo(rule.model_dump_json(indent=1))
        return
    levels = ", ".join(
        f"{level} in {environment}" + (f" by {rule.set_by[environment]}" if environment in rule.set_by else "")
        for environment, level in rule.levels.items()
    )
    lines = [rule.title, "", rule.why, "", f"Fix: {rule.fix}"]
    lines += [f"Config key: {rule.config_key}"] if rule.config_key else []
    served = ", ".join(f"{reference.framework} {reference.id}" for reference in rule.frameworks)
    lines += [f"Frameworks: {served}"] if served else []
    lines += [f"Thresholds: {', '.join(rule.parameters)}"] if rule.parameters else []
    lines += [f"Severity: {rule.severity}; {levels}", f"Judges: {', '.join(rule.resource_types)}"]
    lines += [f"Reference: {rule.reference}", f"Example: docs/policies.md#{rule.rule}"]
    common.output.print("\n".join(lines), markup=False)


@app.command(cls=PlainCommand)
def check(
    state: State,
    before: Annotated[
        Path | None, typer.Option(metavar="OLD.json", help="the state before, for rules about changes")
    ] = None,
    config: Config = None,
    environment: Annotated[
        str,
        typer.Option(help="whose levels apply (default: by the stack's name, else the strictest)", show_default=False),
    ] = "",
    category: Categories = None,
    framework: Frameworks = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="only this rule")] = None,
    severity: Annotated[
        Severity, typer.Option(metavar=LEVELS, parser=one_of(Severity, "severity"), help="the least severity")
    ] = Severity.LOW,
    form: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = "text",
    as_json: common.AsJson = False,
) -> None:
    """Check an exported state, so that the pack can be tried on what already runs. Exit 0 fine, 1 findings."""
    for file in (state, before or state, config or state):
        if not file.is_file():
            raise UserError(
                "is a folder" if file.is_dir() else "no such file",
                where=str(file),
                hint="`pulumi stack export --file STATE.json` writes one." if file != config else "",
            )
    if environment:
        common.require_environment(environment)
    require_known("format", form, FORMATS, FORMATS)
    rules = catalogue.read(common.checkout())
    require_filters(rules, category, framework)
    for name in rule or ():
        require_known("rule", name, [*rules, *catalogue.former_names(rules)], rules, where="--rule", more=LISTED)
    options = {"--before": [before], "--config": [config], "--environment": [environment], "--severity": [severity]}
    options |= {"--category": category or [], "--framework": framework or [], "--rule": rule or []}
    arguments = write_arguments(options)
    if form in ("text", "json"):
        raise typer.Exit(ask_pack(state, *arguments, *(["--json"] if as_json or form == "json" else [])).returncode)
    done = ask_pack(state, *arguments, "--json", capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise UserError(done.stderr.strip().removeprefix("error: "))
    typer.echo(checked.render(form, json.loads(done.stdout), checked.read_state(state), rules), nl=False)
    raise typer.Exit(done.returncode)


def write_arguments(options: Mapping[str, Sequence[object]]) -> list[str]:
    """Options of the pack's own command; it runs in its own folder, so paths are written whole."""
    arguments: list[str] = []
    for name, values in options.items():
        for value in filter(None, values):
            arguments += [name, str(value.resolve() if isinstance(value, Path) else value)]
    return arguments


@app.command(cls=PlainCommand)
def baseline(
    state: State,
    out: Annotated[Path, typer.Option(metavar="FILE", help="where to write it")] = Path("policy-baseline.yaml"),
    config: Config = None,
) -> None:
    """Write what is found today as a baseline, so that a team can begin with what it has."""
    more = ["--config", str(config.resolve())] if config else []
    raise typer.Exit(ask_pack(state, "--write-baseline", str(out.resolve()), *more).returncode)


def ask_pack(state: Path, *arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Runs the pack's own check. A pack that cannot be read is refused first, because its exit code 1 would mean
    findings."""
    root = common.checkout()
    catalogue.read(root)
    return subprocess.run([sys.executable, "-m", "policies.check", str(state.resolve()), *arguments], cwd=root, **how)
