"""Which environments carry production: those that `environments.yaml` has judged at its last row's levels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from shared.problem import InvalidConfig, Problem

FILE = Path(__file__).resolve().parents[1] / "environments.yaml"


@cache
def read_levels(file: Path = FILE) -> dict[str, str]:
    """Environment → the column of the policy pack's table that judges it, in the order of deployment.

    Raises InvalidConfig where it is no list of rows with both; `gitops environments` knows all that it may say.
    """
    try:
        rows = yaml.safe_load(file.read_text(encoding="utf-8"))["environments"] if file.exists() else []
        return {row["name"]: row["levels"] for row in rows}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _invalid(file, mark.line + 1 if mark else 0, "invalid YAML", "a well-formed file") from error
    except (KeyError, TypeError) as error:
        expected = "`environments:`, a list of rows that each have `name` and `levels`"
        raise _invalid(
            file, 0, f"no key {error}" if isinstance(error, KeyError) else "something else", expected
        ) from error


def _invalid(file: Path, line: int, found: str, expected: str) -> InvalidConfig:
    hint = "`gitops environments` says what it may hold"
    return InvalidConfig([Problem.of(file=file.name, line=line, key="", found=found, expected=expected, hint=hint)])


def is_production(environment: str, file: Path = FILE) -> bool:
    """An environment that is not listed counts as production: never laxer. Without the file `prod` is the one."""
    levels = read_levels(file)
    if not levels:
        return environment == "prod"
    last = list(levels.values())[-1]
    return levels.get(environment, last) == last
