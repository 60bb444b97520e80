"""Tables of data, TOML beside the modules that use them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read_table(file: Path) -> dict[str, Any]:
    """The table, read once for all threads: not to be changed. Raises ValueError that names file and line."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}") from None
