"""Checkouts made of a few lines each, and what their programs come to: the slow oracle of the impact tests.

Every program adds up numbers: its own, its modules', those in files that it reads and in its environment's config. An
edit changes numbers or what is imported; a target is affected exactly when its sum is another one afterwards.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from gitops.checkout.targets import Target

ENVIRONMENTS = ("dev", "prod")
LINE = re.compile(
    r"from (?P<package>[\w.]+) import (?P<name>\w+)|add\((?P<number>\d+)\)|read\('(?P<file>.+)'\)",
)


@dataclass(frozen=True)
class World:
    files: dict[str, str]
    targets: tuple[Target, ...]

    @classmethod
    def random(cls, dice: random.Random) -> World:
        files = {"shared/__init__.py": "", "shared/aws/__init__.py": "add(0)\n", "README.md": "0"}
        files |= {f"serving/file{number}.txt": f"{number}" for number in range(4)}
        modules = [f"shared/{'aws/' if number % 3 == 0 else ''}m{number}.py" for number in range(12)]
        for number, module in enumerate(modules):
            files[module] = text(dice, modules[number + 1 :])
        targets = []
        for number in range(5):
            stack = f"stack{number}"
            files[f"stacks/{stack}/__main__.py"] = text(dice, modules)
            for environment in ENVIRONMENTS:
                files[f"stacks/{stack}/Pulumi.{environment}.yaml"] = f"number: {dice.randrange(9**9)}\n"
                targets.append(Target(stack, environment))
        return cls(files, tuple(targets))

    def edit(self, dice: random.Random) -> tuple[World, list[str]]:
        """Another world with one to three files changed, added or gone, and their names."""
        files, changed = dict(self.files), []
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            name = dice.choice(sorted(files))
            if name.endswith(".txt") or name == "README.md":
                files[name] = str(dice.randrange(9**9))
            elif name.endswith(".yaml"):
                files[name] = f"number: {dice.randrange(9**9)}\n"
            elif dice.random() < 0.1 and "/m" in name:
                del files[name]
            else:
                others = [f"shared/m{number}.py" for number in range(20)] if "stacks/" in name else []
                files[name] = text(dice, others, keep=files[name])
            changed.append(name)
        return World(files, self.targets), changed

    def differences(self, after: World) -> set[Target]:
        return {target for target in self.targets if self.result(target) != after.result(target)}

    def result(self, target: Target) -> tuple[int, ...]:
        """What the program of a target comes to, file by file in the order in which they are run."""
        found: list[int] = []
        self.run(f"stacks/{target.stack}/__main__.py", found, set())
        found += numbers(self.files[f"stacks/{target.stack}/Pulumi.{target.environment}.yaml"])
        return tuple(found)

    def run(self, file: str, found: list[int], done: set[str]) -> None:
        if file in done or file not in self.files:
            found += [] if file in done else [-1]
            return
        done.add(file)
        for line in self.files[file].splitlines():
            if not (said := LINE.match(line)):
                continue
            if said["number"]:
                found.append(int(said["number"]))
            elif said["file"]:
                found += numbers(self.files.get(said["file"], "0"))
            else:
                folders = said["package"].split(".")
                for end in range(len(folders)):
                    self.run("/".join([*folders[: end + 1], "__init__.py"]), found, done)
                self.run("/".join([*folders, f"{said['name']}.py"]), found, done)


def numbers(text: str) -> list[int]:
    return [int(word) for word in re.findall(r"\d+", text)]


def text(dice: random.Random, modules: list[str], keep: str = "") -> str:
    """A module with a number, and with imports and files to read that are `keep`'s or chosen anew."""
    lines = [line for line in keep.splitlines() if not line.startswith("add")]
    if not keep or dice.random() < 0.3:
        chosen = dice.sample(modules, min(len(modules), dice.randrange(3)))
        names = [module.removesuffix(".py").rsplit("/", 1) for module in chosen]
        lines = [f"from {package.replace('/', '.')} import {name}" for package, name in names]
        lines += [f"read('serving/file{dice.randrange(5)}.txt')"] if dice.random() < 0.3 else []
    return "\n".join([*lines, f"add({dice.randrange(9**9)})", ""])
