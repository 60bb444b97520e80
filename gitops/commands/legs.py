"""`gitops legs DIR`: the jobs that deploy what a reviewed preview shows, one a target."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.checkout.git import list_files, reader
from gitops.checkout.impact import find_dependencies
from gitops.checkout.legs import Leg, spread_deployments
from gitops.checkout.targets import Target
from gitops.commands import common
from gitops.records import RunRecord
from gitops.report.model.rows import summarize_target


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder that `gitops preview --bind` wrote")],
) -> None:
    """Print `legs`, a matrix of `name` and `only`, and `targets`, empty where nothing changes: for $GITHUB_OUTPUT."""
    root = common.checkout()
    records = reporting.read(common.require_report(folder, "gitops preview --bind"))
    changing = [Target(r.stack, r.environment) for r in records if summarize_target(r).moves]
    after = find_dependencies(changing, list_files(root), reader(root))
    typer.echo(as_outputs(choose_legs(records, spread_deployments(after)), changing))


def choose_legs(records: Iterable[RunRecord], legs: Sequence[Leg]) -> Sequence[Leg]:
    """A rehearsal gets a single leg: its clouds are one folder, and parallel jobs would each save their own version of
    it."""
    if any(record.rehearsal for record in records):
        return [tuple(target for leg in legs for target in leg)] if legs else []
    return legs


def as_outputs(legs: Iterable[Leg], targets: Iterable[Target]) -> str:
    rows = [{"name": leg[0].stack, "only": " ".join(f"--only {target.stack}" for target in leg)} for leg in legs]
    return f"legs={json.dumps({'include': rows})}\ntargets={' '.join(map(str, targets))}"
