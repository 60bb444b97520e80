"""The environments of a checkout, in the order in which a change passes through them: `environments.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gitops.errors import UserError

FILE = "environments.yaml"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]


class Environment(BaseModel):
    """`levels` is the column of the policy pack's table; `approval` says whether somebody approves each deployment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    levels: str
    approval: Literal["none", "required"] = "required"


class Listed(BaseModel):
    """The file as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environments: Annotated[tuple[Environment, ...], Field(min_length=1)]


USUAL = tuple(Environment(name=name, levels=name) for name in ("dev", "staging", "prod"))
"""Those of a checkout without the file: a revision from before there was one, or another project's."""


def read(root: Path) -> tuple[Environment, ...]:
    """The environments of the checkout at `root`, in their order. Raises `UserError` as `parse` does."""
    file = root / FILE
    return parse(file.read_text(encoding="utf-8")) if file.exists() else USUAL


def parse(text: str) -> tuple[Environment, ...]:
    """The environments that a file's text lists. Raises `UserError` with the row and the key of what is wrong."""
    try:
        listed = Listed.model_validate(yaml.safe_load(text)).environments
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise UserError(f"invalid YAML: {getattr(error, 'problem', error)}", where=f"{FILE}{line}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        raise UserError(f"{key or 'the file'}: {first['msg'][:1].lower()}{first['msg'][1:]}", where=FILE) from error
    if doubled := [
        environment.name
        for index, environment in enumerate(listed)
        if environment.name in {e.name for e in listed[:index]}
    ]:
        raise UserError(f"'{doubled[0]}' stands there twice", where=FILE, hint="Remove one of the rows.")
    return listed


def names(root: Path) -> tuple[str, ...]:
    return tuple(environment.name for environment in read(root))


@dataclass(frozen=True)
class Stray:
    """A config file of an environment that is not listed. It makes no target; commands that list targets warn about
    it."""

    file: str
    environment: str


def strays(root: Path) -> tuple[Stray, ...]:
    """The config files under `stacks/` whose environment is not listed, by path."""
    known = names(root)
    files = sorted(root.glob("stacks/*/Pulumi.*.yaml"))
    named = ((path, path.name.removeprefix("Pulumi.").removesuffix(".yaml")) for path in files)
    return tuple(Stray(str(path.relative_to(root)), name) for path, name in named if name not in known)


def find_checkout(here: Path) -> Path | None:
    """The root of the checkout that `here` lies in: the nearest folder upwards that has `stacks/`."""
    return next((folder for folder in (here, *here.parents) if (folder / "stacks").is_dir()), None)
