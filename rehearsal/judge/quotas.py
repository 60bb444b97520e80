"""Quotas that the clouds raise on request, from quotas.toml."""

from __future__ import annotations

from pathlib import Path

from rehearsal.tables import read_table

FILE = Path(__file__).with_name("quotas.toml")


def quota(name: str) -> int:
    return read_table(FILE)[name]


def advise(name: str) -> str:
    """Returns the end of a message: what to do if the account has a higher quota."""
    return f"(quota {name} of {FILE.name}: raise it there if your account has more)"
