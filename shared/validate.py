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

from shared import description
from shared.config_file import check_file, config_path, name_file
from shared.problem import InvalidConfig, Problem, did_you_mean
from shared.settings import StackSettings


def load_settings(folder: Path) -> type[StackSettings]:
    """The class `Settings` that the stack declares in its `settings.py`.

    Raises InvalidConfig, naming the file and the nearest stack, when there is none.
    """
    path = folder / "settings.py"
    if not path.is_file():
        known = [file.parent.name for file in folder.parent.glob("*/settings.py")]
        raise _refuse_undeclared(path, "no such file", did_you_mean(folder.name, known))
    settings = getattr(_import(path, f"settings_of_{folder.name}"), "Settings", None)
    if settings is None:
        raise _refuse_undeclared(path, "no `Settings`")
    return settings


def _refuse_undeclared(path: Path, found: str, hint: str = "") -> InvalidConfig:
    expected = "`class Settings(StackSettings)`, which declares the stack's config"
    return InvalidConfig([Problem.of(file=name_file(path), line=0, key="", found=found, expected=expected, hint=hint)])


def _import(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic resolves annotations through it
    spec.loader.exec_module(module)
    return module


def problems(folder: Path, environment: str) -> list[Problem]:
    """Everything that is wrong with the model's description and with the stack's config in this environment."""
    try:
        settings = load_settings(folder)
        return [*description.find_problems(), *check_file(settings, folder, environment)[1]]
    except InvalidConfig as error:
        return list(error.problems)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.validate", description=__doc__)
    parser.add_argument("stack", type=Path, help="folder of the stack, such as stacks/ecs_service")
    parser.add_argument("environment", help="environment, such as prod")
    parser.add_argument("--json", action="store_true", help="print the problems as a JSON list, empty if there is none")
    options = parser.parse_args(arguments)
    folder = options.stack.resolve()
    invalid = problems(folder, options.environment)
    if options.json:
        print(json.dumps([problem.model_dump() for problem in invalid], indent=1, ensure_ascii=False))
    else:
        path = name_file(config_path(folder, options.environment))
        print("\n".join(map(str, invalid)) if invalid else f"{path}: valid")
    return 2 if invalid else 0


if __name__ == "__main__":
    raise SystemExit(main())
