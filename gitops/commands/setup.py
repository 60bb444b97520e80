"""`gitops setup`: install the Pulumi engine if it is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from gitops.commands import common
from gitops.engine import install
from gitops.errors import UserError


def command(
    cached: Annotated[bool, typer.Option("--cached", help="install nothing: fail if the engine is missing")] = False,
    record: Annotated[bool, typer.Option("--record", help="build it for each platform, and lock hashes")] = False,
) -> None:
    """Find the Pulumi engine or install it into the user's cache. Exit 0 when it is installed, 2 when that is not
    possible."""
    engine = install.find() if cached else install.ensure(common.say)
    if record:
        common.say(f"recorded the engine of {', '.join(sorted(install.record_hashes(common.say)))}")
    if engine is None:
        hint = "Run `gitops setup` first, in a job that cannot log in to a cloud."
        raise UserError(f"no engine {install.VERSION} with the hash of locks/engine.json is here", hint=hint)
    common.say(f"Pulumi engine {install.VERSION}: {engine.path} ({engine.origin})")
