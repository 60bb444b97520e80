"""The faults that the rehearsal clouds can play, read from their list, because this package does not import
`rehearsal`."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path


def read_faults() -> dict[str, str]:
    """Each fault's name and what it does; none where there are no rehearsal clouds."""
    spec = find_spec("rehearsal")
    file = Path(spec.origin).with_name("faults.toml") if spec and spec.origin else None
    tables = tomllib.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else {}
    return {name: table["does"] for name, table in tables.items()}
