"""`gitops impact --base REF`: which targets the change affects, each with the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gitops.baseline import find_removed
from gitops.checkout.durations import read_durations
from gitops.checkout.git import list_changed, list_files, reader
from gitops.checkout.impact import Affected, find_affected
from gitops.checkout.legs import MOST, spread_previews
from gitops.checkout.targets import discover
from gitops.commands import common
from gitops.commands.common import AsJson


def command(
    base: Annotated[str, typer.Option("--base", metavar="REF", help="the commit the change is compared with")],
    as_json: AsJson = False,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="print lines of $GITHUB_OUTPUT: legs, targets, environments")
    ] = False,
    most: Annotated[int, typer.Option("--legs", min=1, max=MOST, help="maximum number of legs in the matrix")] = MOST,
    durations: Annotated[
        Path | None,
        typer.Option("--durations", metavar="FILE", help="the targets' last durations, to balance the legs"),
    ] = None,
) -> None:
    """List the affected targets in the order in which they may be deployed. Exit 0, or 2 where git cannot tell."""
    root = common.checkout()
    standing = find_affected(list_changed(root, base), discover(root), list_files(root), reader(root))
    affected = [
        *standing,
        *(Affected(target, "it is removed: the merge destroys it") for target in find_removed(root, base)),
    ]
    if matrix:
        typer.echo(as_outputs(affected, most, read_durations(durations)))
        typer.echo(f"environments={json.dumps({'include': group_by_environment(standing)})}")
    elif as_json:
        typer.echo(json.dumps({"targets": [as_row(entry) for entry in affected]}, indent=1))
    else:
        for entry in affected:
            kind = "" if entry.deployed else " (preview only)"
            common.output.print(f"{entry.target}{kind}  {entry.reason}", markup=False)
        common.output.print(f"{len(affected)} affected", style="dim", markup=False)


def group_by_environment(affected: Sequence[Affected]) -> list[dict[str, str]]:
    """A row for each environment with the targets that the change would deploy there."""
    deployed = [entry.target for entry in affected if entry.deployed]
    names = dict.fromkeys(target.environment for target in deployed)
    return [{"name": name, "targets": " ".join(str(t) for t in deployed if t.environment == name)} for name in names]


def as_row(entry: Affected) -> dict[str, object]:
    return {
        "target": str(entry.target),
        "reason": entry.reason,
        "deployed": entry.deployed,
        "after": [str(target) for target in entry.after],
    }


def as_outputs(affected: Sequence[Affected], most: int, seconds: Mapping[str, float]) -> str:
    """`legs`, a matrix of `name` and `targets`, and all `targets`. No name of a target holds a space."""
    legs = spread_previews([entry.target for entry in affected], most, seconds)
    rows = [{"name": str(number), "targets": " ".join(map(str, leg))} for number, leg in enumerate(legs, start=1)]
    return f"legs={json.dumps({'include': rows})}\ntargets={' '.join(str(entry.target) for entry in affected)}"
