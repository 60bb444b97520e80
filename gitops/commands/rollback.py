"""`gitops rollback STACK ENVIRONMENT --to COMMIT`: an earlier commit's target, reviewed and deployed as any change."""

from __future__ import annotations

from typing import Annotated

import typer

from gitops.checkout.git import git
from gitops.checkout.targets import Target
from gitops.commands import common
from gitops.commands.common import Rehearse
from gitops.deployed.readback import boto3_client
from gitops.errors import Refused
from gitops.report.text.words import plural
from gitops.rollback import find_commit, list_artefacts, look_up, restore


def command(
    stack: Annotated[str, typer.Argument(metavar="STACK")],
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT")],
    to: Annotated[str, typer.Option("--to", metavar="COMMIT", help="an earlier commit of this branch")],
    rehearse: Rehearse = False,
) -> None:
    """Put a target's program as of a commit into this checkout. Exit 0, or 1 where something it needs is gone."""
    root = common.checkout()
    target = Target(stack, environment)
    commit = find_commit(root, target, to)
    config = git(root, "show", f"{commit}:stacks/{stack}/Pulumi.{environment}.yaml")
    addresses = list_artefacts(config)
    if rehearse:
        common.output.print(f"{plural(len(addresses), 'artefact')}, not looked up in a rehearsal", markup=False)
    else:
        artefacts = tuple(look_up(addresses, boto3_client))
        for artefact in artefacts:
            common.output.print(str(artefact), markup=False)
        if gone := [artefact.address for artefact in artefacts if artefact.there is False]:
            hint = "Nothing was touched. Choose a commit whose artefacts exist, or build these again."
            raise Refused(f"gone: {', '.join(gone)}", where=str(target), hint=hint)
    changed = restore(root, target, commit)
    common.output.print(f"{target} as of {commit[:12]}: {plural(len(changed), 'file')} changed", markup=False)
    if not changed:
        raise Refused("it is the same as the head's", where=str(target), hint="Choose an earlier commit.")
    common.output.print(
        f"Next: gitops preview {target} --bind, then gitops deploy {environment} --only {stack} --reviewed report. "
        "Revert the change on the branch as well: the next merge deploys the branch's head again.",
        markup=False,
    )
