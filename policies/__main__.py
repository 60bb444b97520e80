"""Starts the pack: `python policies ENGINE_ADDRESS FOLDER`, as the engine does; `python policies check …` for people.

The folder may have any name: the engine unpacks a published pack into one with dots in it. So the pack is imported
under a name of its own.
"""

from __future__ import annotations

import gc
import sys
import traceback
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGE = "inference_policies"
COMMANDS = ("check", "describe", "schema")


def place_of(error: Exception) -> str:
    """Where the pack could not be imported: `policies/rules/ecs.py:12`, the innermost of its files under import."""
    frames = [
        (frame.filename, frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.name == "<module>"
    ]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    ours = [(Path(name).resolve(), line) for name, line in frames if Path(name).resolve().is_relative_to(FOLDER)]
    file, line = ours[-1] if ours else (Path(__file__).resolve(), 1)
    return f"{file.relative_to(FOLDER.parent).as_posix()}:{line or 1}"


def load() -> None:
    """Makes the folder importable as PACKAGE, whatever it is called."""
    spec = spec_from_file_location(PACKAGE, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{FOLDER} has no __init__.py")
    package = module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def run(arguments: list[str]) -> int | None:
    load()
    import_module(f"{PACKAGE}.deferred").defer_unused()
    if arguments and arguments[0] in COMMANDS:
        return import_module(f"{PACKAGE}.{arguments[0]}").main(arguments[1:])
    return import_module(f"{PACKAGE}.host").serve()


def start() -> None:
    gc.disable()  # everything that is imported stays; looking through it for garbage is a twentieth of the start
    try:
        code = run(sys.argv[1:])
    except Exception as error:
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        sys.exit(f"the policy pack cannot start: {place_of(error)}: {type(error).__name__}: {what}")
    sys.exit(code)


if __name__ == "__main__":
    start()
