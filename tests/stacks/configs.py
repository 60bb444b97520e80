"""Config and model with which the tests run this project's stacks: theirs, so that a fork's are its own business.

`configs/<stack>.yaml` holds prod in full and of the other environments what differs: maps are merged, `null` takes a
key away. `python -m tests.stacks.configs [stack …]` writes them again from the stacks on disk; all with the model.
"""

from __future__ import annotations

import copy
import shutil
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gitops.checkout.environments import USUAL
from gitops.checkout.targets import Target, discover
from gitops.files import write_text
from tests.files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("configs")
FULL = "prod"
MODEL = Path(__file__).with_name("model")
DESCRIPTION = Path("model", "model.toml")
STACKS = sorted(path.stem for path in FOLDER.glob("*.yaml") if (ROOT / "stacks" / path.stem).is_dir())
"""Those that have a config here and that the fork still has: a stack that is deleted takes its tests along."""


@cache
def written(stack: str) -> Mapping[str, Any]:
    return read_yaml(FOLDER / f"{stack}.yaml")


def config(target: str) -> dict[str, Any]:
    """The `config:` of `<stack>/<environment>`."""
    stack, environment = target.split("/")
    full = copy.deepcopy(written(stack)[FULL])
    return full if environment == FULL else merge(full, written(stack)[environment])


def on_disk(target: Target) -> dict[str, Any]:
    """The fork's own config of a target."""
    return read_yaml(target.config_file(ROOT))["config"]


TARGETS = [
    f"{stack}/{environment.name}" for stack in STACKS for environment in USUAL if environment.name in written(stack)
]


def merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the changes made in place: the inverse of `differences`."""
    for key, value in changes.items():
        if value is None:
            base.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)
    return base


def differences(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What `merge` must be given to make `other` of `base`."""
    found: dict[str, Any] = {}
    for key in sorted(base.keys() | other.keys()):
        before, after = base.get(key), other.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            if inner := differences(before, after):
                found[key] = inner
        elif before != after:
            found[key] = after
    return found


def checkout(folder: Path, targets: Iterable[str]) -> Path:
    """The programs of the targets' stacks under the tests' config, beside links to their model and the other rooms."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model").symlink_to(MODEL)
    for room in ("shared", "serving", "policies"):
        (folder / room).symlink_to(ROOT / room)
    for target in targets:
        write_target(folder, target, config(target))
    return folder


def write_target(folder: Path, target: str, values: Mapping[str, Any]) -> None:
    stack, environment = target.split("/")
    copied = folder / "stacks" / stack
    if not copied.exists():
        shutil.copytree(ROOT / "stacks" / stack, copied, ignore=shutil.ignore_patterns("Pulumi.*.yaml", "__pycache__"))
    text = yaml.safe_dump({"config": dict(values)}, sort_keys=False, allow_unicode=True)
    write_text(copied / f"Pulumi.{environment}.yaml", text)


def main(stacks: list[str]) -> None:
    if not stacks:
        shutil.copy(ROOT / DESCRIPTION, MODEL)
    targets = discover(ROOT)
    for stack in stacks or sorted({target.stack for target in targets}):
        read = {target.environment: on_disk(target) for target in targets if target.stack == stack}
        full = read.pop(FULL)
        document = {FULL: full, **{environment: differences(full, values) for environment, values in read.items()}}
        write_text(FOLDER / f"{stack}.yaml", yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))


if __name__ == "__main__":
    main(sys.argv[1:])
