"""Which environments carry production: those that `environments.yaml` has judged at its last row's levels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parents[1] / "environments.yaml"


@cache
def read_levels(file: Path = FILE) -> dict[str, str]:
    """Environment → the column of the policy pack's table that judges it, in the order of deployment."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["environments"] if file.exists() else []
    return {row["name"]: row["levels"] for row in rows}


def is_production(environment: str, file: Path = FILE) -> bool:
    """An environment that is not listed counts as production: never laxer. Without the file `prod` is the one."""
    levels = read_levels(file)
    if not levels:
        return environment == "prod"
    last = list(levels.values())[-1]
    return levels.get(environment, last) == last
