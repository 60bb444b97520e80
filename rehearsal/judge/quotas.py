"""The quotas that an account can have raised, from quotas.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("quotas.toml")


@cache
def quota(name: str) -> int:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))[name]


def advise(name: str) -> str:
    """What a refusal says to whose account has more."""
    return f"(quota {name} of {FILE.name}: raise it there if your account has more)"
