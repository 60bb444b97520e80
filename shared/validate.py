"""`python -m shared.validate stacks/<name> <env>`: is this config usable? Asked before any engine starts.

Prints a line per problem and exits with 2, or says that there is none and exits with 0; `--json` prints the problems as
a list. Imports no cloud SDK.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

from shared.config_file import check_file, config_path, shown
from shared.problem import Problem
from shared.settings import StackSettings


def load_settings(folder: Path) -> type[StackSettings]:
    """The class `Settings` that the stack declares in its `settings.py`.

    Raises FileNotFoundError or AttributeError, naming the file, when there is none.
    """
    path = folder / "settings.py"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; a stack declares its config in `class Settings(StackSettings)`")
    settings = getattr(_import(path, f"settings_of_{folder.name}"), "Settings", None)
    if settings is None:
        raise AttributeError(f"{path}: expected `class Settings(StackSettings)`, found no `Settings`")
    return settings


def _import(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic resolves annotations through it
    spec.loader.exec_module(module)
    return module


def problems(folder: Path, environment: str) -> list[Problem]:
    """Everything that is wrong with the stack's config in this environment."""
    try:
        settings = load_settings(folder)
    except (FileNotFoundError, AttributeError) as error:
        file = "/".join((folder / "settings.py").parts[-3:])
        expected = "class Settings(StackSettings)"
        return [Problem.of(file=file, line=0, key="", found="no settings", expected=expected, hint=str(error))]
    return check_file(settings, folder, environment)[1]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.validate", description=__doc__)
    parser.add_argument("stack", type=Path, help="folder of the stack, such as stacks/ecs_service")
    parser.add_argument("environment", help="environment, such as prod")
    parser.add_argument("--json", action="store_true", help="print the problems as a JSON list, empty if there is none")
    options = parser.parse_args(arguments)
    folder = options.stack.resolve()
    found = problems(folder, options.environment)
    if options.json:
        print(json.dumps([problem.model_dump() for problem in found], indent=1, ensure_ascii=False))
    else:
        path = shown(config_path(folder, options.environment))
        print("\n".join(map(str, found)) if found else f"{path}: valid")
    return 2 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
