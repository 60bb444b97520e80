"""`gitops setup`: get the Pulumi engine, if it is not here."""

from __future__ import annotations

from gitops.commands import common
from gitops.engine import install


def command() -> None:
    """Find the Pulumi engine or install it into the user's cache. Exit 0 when it is here, 2 when it cannot be had."""
    engine = install.ensure(common.say)
    common.say(f"Pulumi engine {install.VERSION}: {engine.path} ({engine.origin})")
