"""The quotas that an account can have raised, from quotas.toml."""

from __future__ import annotations

from pathlib import Path

from rehearsal.tables import read_table

FILE = Path(__file__).with_name("quotas.toml")


def quota(name: str) -> int:
    return read_table(FILE)[name]


def advise(name: str) -> str:
    """Advice for a reader whose account has a higher quota."""
    return f"(quota {name} of {FILE.name}: raise it there if your account has more)"
