"""The targets of a checkout, found on disk: `stacks/<stack>/Pulumi.yaml` × `Pulumi.<environment>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from gitops.checkout import environments
from gitops.errors import UserError, nearest, require_known

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""A stack's name stands in shell words, file names and matrices of the workflows."""
CONFIG_FILE = re.compile(r"stacks/([^/]+)/Pulumi\.([^/]+)\.yaml")


@dataclass(frozen=True, order=True)
class Target:
    """One Pulumi stack: the project folder `stack` deployed as `environment`, which is the Pulumi stack's name."""

    stack: str
    environment: str

    def __str__(self) -> str:
        return f"{self.stack}/{self.environment}"

    def folder(self, root: Path) -> Path:
        return root / "stacks" / self.stack

    def config_file(self, root: Path) -> Path:
        return self.folder(root) / f"Pulumi.{self.environment}.yaml"


def discover(root: Path) -> tuple[Target, ...]:
    """Every target of the checkout at `root`, environments in deployment order within a stack.

    A config file of an environment that is not listed makes no target (`environments.strays` names it).
    Raises `UserError` for a project whose name is not its folder's: config keys and URNs carry the project's name.
    """
    known, targets = environments.names(root), []
    for project_file in sorted(root.glob("stacks/*/Pulumi.yaml")):
        folder = project_file.parent
        check_project_name(project_file)
        targets += [Target(folder.name, name) for name in known if (folder / f"Pulumi.{name}.yaml").exists()]
    return tuple(targets)


def check_project_name(project_file: Path) -> None:
    where = "/".join(project_file.parts[-3:])
    if not NAME.fullmatch(project_file.parent.name):
        raise UserError(
            f"the folder {project_file.parent.name!r} cannot be a project's name: letters, digits, - and _",
            where="stacks",
            hint="Rename the folder and the project.",
        )
    try:
        project = yaml.safe_load(project_file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise invalid_yaml(where, error) from error
    name = project.get("name") if isinstance(project, dict) else None
    if name != project_file.parent.name:
        raise UserError(
            f"key 'name': found {name!r}, expected '{project_file.parent.name}', the folder's name",
            where=where,
            hint="Give the project the name of its folder.",
        )


def invalid_yaml(where: str, error: yaml.YAMLError) -> UserError:
    mark = getattr(error, "problem_mark", None)
    line = f":{mark.line + 1}" if mark else ""
    problem = getattr(error, "problem", None) or str(error)
    return UserError(f"invalid YAML: {problem}", where=f"{where}{line}", hint="Fix the file and run again.")


def select(targets: Sequence[Target], names: Iterable[str]) -> tuple[Target, ...]:
    """The targets that `names` select: `stack`, `stack/environment` or an environment; all targets if there are no
    names.

    Raises `UserError` with the nearest known name for a name that selects nothing.
    """
    names = tuple(names)
    if not names:
        return tuple(targets)
    chosen: set[Target] = set()
    for name in names:
        matching = {t for t in targets if name.strip("/") in (t.stack, t.environment, str(t), f"stacks/{t.stack}")}
        if not matching:
            require_environment(targets, name)
            short = list(dict.fromkeys([*(t.stack for t in targets), *(t.environment for t in targets)]))
            require_known("target", name, [*short, *map(str, targets)], short)
        chosen |= matching
    return tuple(t for t in targets if t in chosen)


def require_environment(targets: Sequence[Target], name: str) -> None:
    """Raises `UserError` if `name` consists of an existing stack and an environment that this stack does not have."""
    stack, _, environment = name.removeprefix("stacks/").partition("/")
    known = [target.environment for target in targets if target.stack == stack]
    if known and environment:
        raise UserError(f"{stack} has no environment '{environment}'", hint=nearest(environment, known, known))
