"""How many seconds each target took in the last run of a workflow. Nothing breaks if this file is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gitops.files import write_text

SECONDS = TypeAdapter(dict[str, float])


def read_durations(file: Path | None) -> dict[str, float]:
    """By target, `stack/environment`; empty where there is no such file, or none that can be read."""
    try:
        return SECONDS.validate_json(file.read_bytes()) if file else {}
    except (OSError, ValidationError):
        return {}


def write_durations(file: Path, seconds: Mapping[str, float]) -> None:
    rounded = {target: round(seconds[target], 1) for target in sorted(seconds)}
    write_text(file, SECONDS.dump_json(rounded, indent=1).decode() + "\n")


def join_durations(files: Iterable[Path]) -> dict[str, float]:
    return {target: seconds for file in files for target, seconds in read_durations(file).items()}
