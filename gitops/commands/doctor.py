"""`gitops doctor`: what was found, in which version, and what to do about what is missing."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gitops.backend import state_backend
from gitops.check import Check
from gitops.checkout import environments
from gitops.checkout.targets import discover
from gitops.commands import common
from gitops.commands.comment import CODEOWNERS
from gitops.commands.common import COULD_NOT_RUN, FINE, AsJson
from gitops.deployed.readback import boto3_client
from gitops.engine import install
from gitops.errors import UserError
from gitops.github import protection, reading_role
from gitops.github.client import Client, require
from gitops.github.owners import read_owned
from gitops.github.reading_role import SUFFIX
from gitops.github.subject import trust_policy
from gitops.mode import BACKEND
from gitops.sessions import ROLE, check_sessions

PACKAGES = ("pulumi", "pulumi-aws", "pulumi-awsx", "pulumi-azure-native", "pulumi-policy", "cfn-lint")

PLACEHOLDER = "@your-org/ml-platform"
"""The owner that the repository comes with: a fork puts its own team there."""


def command(
    as_json: AsJson = False,
    github: Annotated[
        str, typer.Option("--github", metavar="OWNER/NAME", help="ask GitHub instead how the repository is guarded")
    ] = "",
) -> None:
    """Say in one screen what is here, which versions, and what to do about what is missing.

    With --github: environments, reviewers, branches, variables, and trust policies that fit the repository's subject.
    Reads GITHUB_TOKEN, of somebody who administers it; logged in to AWS, also how long the roles' logins last.
    """
    repository = protection.gather(ask_github(github)) if github else None
    checks = [*protection.check(repository), *sessions(repository)] if repository else look_around()
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=1))
    else:
        show(checks)
        if repository:
            show_roles(repository)
    raise typer.Exit(FINE if all(check.fine or not check.needed for check in checks) else COULD_NOT_RUN)


def sessions(repository: protection.Repository) -> Iterator[Check]:
    """Whether the logins of the environments that are deployed last."""
    here = repository.environments
    known = {name: here[name].variables.get(ROLE, "") for name in environments.names(common.checkout()) if name in here}
    return check_sessions(common.checkout(), {name: role for name, role in known.items() if role}, boto3_client)


def show_roles(repository: protection.Repository) -> None:
    """Each environment's trust policy, and what the roles that run pull requests' code are to be allowed."""
    for name, environment in repository.environments.items():
        common.output.print(f"Trust policy of {name}: {trust_policy(repository.subject, name)}", markup=False)
        if name.endswith(SUFFIX):
            backend = environment.variables.get(BACKEND, "")
            role = reading_role.describe(name.removesuffix(SUFFIX), common.checkout(), backend)
            common.output.print(role, markup=False)


def look_around() -> list[Check]:
    return [python(), git(), engine(), *packages(), go(), chromium(), targets(), owners(), state(), credentials()]


def ask_github(repository: str) -> Client:
    """The client for a repository named on the command line, at GITHUB_API_URL or github.com's."""
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    if repository.count("/") != 1:
        raise UserError(f"'{repository}' is no repository", where="--github", hint="Write OWNER/NAME.")
    token = require(os.environ, "GITHUB_TOKEN", f"GITHUB_TOKEN=$(gh auth token) gitops doctor --github {repository}")
    return Client(api, repository, token)


def show(checks: list[Check]) -> None:
    """The hint follows in the same column as the result: a separate column would leave paths no room at 80 columns."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "what", "found"):
        table.add_column(column, overflow="fold")
    for check in checks:
        mark = "[green]✓[/]" if check.fine else ("[red]✗[/]" if check.needed else "[yellow]–[/]")
        table.add_row(mark, check.name, f"{check.found}: {check.todo}" if check.todo else check.found)
    common.output.print(table)


def python() -> Check:
    fine = sys.version_info >= (3, 11)
    return Check("Python", platform.python_version(), fine, todo="install Python 3.11 or newer")


def git() -> Check:
    path = shutil.which("git")
    text = subprocess.run(["git", "--version"], capture_output=True, text=True).stdout if path else "none"
    return Check("git", text.split()[-1], bool(path), todo="install git")


def engine() -> Check:
    engine = install.find()
    text = f"{install.VERSION} in {shorten(engine.path.parent)}" if engine else "none"
    if engine and not install.find_recorded_hash():
        text += f", according to itself: locks/{install.HASHES.name} has no hash for {install.platform_name()}"
    return Check("Pulumi engine", text, bool(engine), todo="run `make setup`; it downloads or builds the engine")


def shorten(folder: Path) -> str:
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def packages() -> list[Check]:
    return [package(name) for name in PACKAGES]


def package(name: str) -> Check:
    try:
        return Check(name, version(name), True)
    except PackageNotFoundError:
        return Check(name, "none", False, todo="run `make setup`")


def go() -> Check:
    path = shutil.which("go")
    version = subprocess.run(["go", "version"], capture_output=True, text=True).stdout.split()[2] if path else "none"
    return Check("Go", version, bool(path), needed=False, todo="not needed while the engine is installed")


def chromium() -> Check:
    path = shutil.which("chromium")
    return Check("Chromium", path or "none", bool(path), needed=False, todo="only `make picture` needs it")


def targets() -> Check:
    try:
        here = discover(common.checkout())
    except UserError as error:
        fault = f"{error.where}: {error.message}" if error.where else error.message
        return Check("targets", fault, False, todo=error.hint)
    stacks = {target.stack for target in here}
    summary = f"{len(here)} in {len(stacks)} stacks"
    if left_out := environments.strays(common.checkout()):
        todo = f"list their environment in {environments.FILE}, or rename them"
        return Check("targets", f"{summary}, without {', '.join(s.file for s in left_out)}", False, not here, todo)
    return Check("targets", summary, bool(here), todo="add a stack under stacks/")


def owners() -> Check:
    """Whether the fork names its own code owners; with --github, GitHub says whether it knows them."""
    file = (environments.find_checkout(Path.cwd()) or Path.cwd()) / CODEOWNERS
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    named = "named" if any(line.owned for line in read_owned(text)) else "none"
    found = f"{PLACEHOLDER}, which nobody is" if PLACEHOLDER in text else named
    todo = f"name your own team in {CODEOWNERS}: it must approve changes to the checks"
    return Check("code owners", found, found == "named", needed=False, todo=todo)


def state() -> Check:
    backend = state_backend(os.environ)
    todo = "set PULUMI_BACKEND_URL for the real clouds; rehearsals keep theirs in .rehearsal/"
    return Check("state backend", backend or "none", bool(backend), needed=False, todo=todo)


def credentials() -> Check:
    aws = bool(os.environ.get("AWS_PROFILE") or os.environ.get("AWS_ROLE_ARN") or Path.home().joinpath(".aws").exists())
    azure = bool(os.environ.get("AZURE_CLIENT_ID") or Path.home().joinpath(".azure").exists())
    clouds = ", ".join(name for name, here in (("AWS", aws), ("Azure", azure)) if here) or "none"
    return Check("cloud credentials", clouds, aws or azure, needed=False, todo="rehearsals need none")
