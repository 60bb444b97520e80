"""A stack's real config, changed in one place and checked again: what every contract test does."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.checkout.targets import discover
from shared.config_file import check_file
from shared.container import read_container
from shared.problem import Problem
from shared.settings import StackSettings
from shared.validate import load_settings
from tests.stacks import configs

ROOT = Path(__file__).resolve().parents[2]
ON_DISK = {str(target): target for target in discover(ROOT)}
STACKS = sorted({target.stack for target in ON_DISK.values()})
EXAMPLE = STACKS[0]
"""For what is true of the blocks that every stack has."""

Path_ = Sequence[str | int]


class Config:
    """The config of one target, in memory; `problems` writes it beside the stack's own settings and checks it.

    It is the tests' own where there is one; of a stack that only this fork has, the fork's. `model` describes what
    it is to serve.
    """

    def __init__(self, stack: str, environment: str = "prod") -> None:
        self.stack, self.environment = stack, environment
        self.model = configs.MODEL / "model.toml"
        if stack not in STACKS:
            pytest.skip(f"this fork has no {stack}")
        target = f"{stack}/{environment}"
        read = configs.config(target) if target in configs.TARGETS else configs.on_disk(ON_DISK[target])
        self.values: dict[str, Any] = copy.deepcopy(read)

    def at(self, path: Path_) -> tuple[Any, str | int]:
        """The container of the value at `path`, and its key in there."""
        block, *rest = path
        parts: list[str | int] = [block if ":" in str(block) else f"{self.stack}:{block}", *rest]
        container: Any = self.values
        for part in parts[:-1]:
            container = container.setdefault(part, {}) if isinstance(container, dict) else container[int(part)]
        return container, parts[-1]

    def set(self, path: Path_, value: Any) -> Config:
        container, key = self.at(path)
        container[key] = value
        return self

    def remove(self, path: Path_) -> Config:
        container, key = self.at(path)
        del container[key]
        return self

    def problems(self, folder: Path) -> list[Problem]:
        target = folder / "stacks" / self.stack
        target.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({"config": self.values}, sort_keys=False)
        (target / f"Pulumi.{self.environment}.yaml").write_text(text, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("shared.reading.read_container", lambda: read_container(self.model))
            return check_file(settings(self.stack), target, self.environment)[1]


@cache
def settings(stack: str) -> type[StackSettings]:
    return load_settings(ROOT / "stacks" / stack)
