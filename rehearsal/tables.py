"""Reads data tables: TOML files in the folders of the modules that use them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read_table(file: Path) -> dict[str, Any]:
    """Returns the table, which is read once. Callers must not change it, because all threads share it.

    Raises ValueError, naming file and line, for invalid TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}") from None
