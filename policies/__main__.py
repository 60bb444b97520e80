"""Starts the pack: `python policies ENGINE_ADDRESS FOLDER`, as the engine does. It may be copied elsewhere."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def place_of(error: Exception) -> str:
    """Where the pack could not be imported: `policies/rules/ecs.py:12`, the innermost of its files under import."""
    frames = [
        (each.filename, each.lineno) for each in traceback.extract_tb(error.__traceback__) if each.name == "<module>"
    ]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    ours = [(Path(name).resolve(), line) for name, line in frames if Path(name).resolve().is_relative_to(FOLDER)]
    file, line = ours[-1]
    return f"{file.relative_to(FOLDER.parent).as_posix()}:{line or 1}"


def serve() -> None:
    sys.path.insert(0, str(FOLDER.parent))
    try:
        host = import_module(f"{FOLDER.name}.host")
        host.serve()
    except Exception as error:
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        sys.exit(f"the policy pack cannot start: {place_of(error)}: {type(error).__name__}: {what}")


if __name__ == "__main__":
    serve()
