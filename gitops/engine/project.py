"""Preparing any Pulumi Python project for a rehearsal: reading, checking and copying its settings.

This only reads the project's folder and never writes to it. It needs no key, because encrypted values become
placeholders. A missing required value is an error that names the key. `gitops.rehearse` runs the project.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from gitops.engine.scratch import replace_secure
from gitops.errors import UserError, close_to, require_known
from gitops.records import Record

# A rehearsal needs a place to play in; a program that names none gets these.
PLACES: Mapping[str, str] = {"aws:region": "us-east-1", "azure-native:location": "westeurope"}


class Project(Record):
    """A project ready to run: `entry` is the program file, `settings` and `config` what the engine is to read."""

    name: str
    stack: str
    entry: Path
    settings: dict[str, Any]
    config: dict[str, Any]


def load(folder: Path, stack: str | None, overrides: Sequence[str], *, region: str | None = None) -> Project:
    """Reads `Pulumi.yaml` and the stack's file. Raises UserError for anything missing, unreadable or misspelt.

    `region` is where AWS is played when neither names a region (the caller's AWS_REGION).
    """
    file = next((folder / name for name in ("Pulumi.yaml", "Pulumi.yml") if (folder / name).is_file()), None)
    if file is None:
        near = close_to(folder.name, (project.parent.name for project in folder.parent.glob("*/Pulumi.y*ml")))
        raise UserError(f"{folder} has no Pulumi.yaml", hint=near or "Name the folder of a Pulumi project.")
    settings = _read(file)
    name = settings.get("name")
    if not isinstance(name, str):
        raise UserError(f"{file} has no name", hint="Add `name: <project>`.")
    if runtime_of(settings) != "python":
        raise UserError(f"{file}: runtime is {runtime_of(settings)!r}", hint="Only Python projects can be rehearsed.")
    chosen = stack or default_stack(folder)
    config_folder = folder / str(settings.get("stackConfigDir") or "")
    stack_file = config_folder / f"Pulumi.{chosen}.yaml"
    if stack and (known := stacks_of(config_folder)):
        require_known("stack", stack, known, known, where=str(file))
    given = replace_secure(_read(stack_file).get("config") or {}) if stack_file.is_file() else {}
    config = {_qualify(name, key): value for key, value in given.items()} | parse(name, overrides)
    schema = read_schema(name, settings)
    missing = [key for key, entry in schema.items() if key not in config and not _has_default(entry)]
    if missing:
        raise missing_value(missing[0], f"{file} declares it without a default")
    chosen_places = {**PLACES, **({"aws:region": region} if region else {})}
    places = {key: place for key, place in chosen_places.items() if key not in config and key not in schema}
    return Project(
        name=name,
        stack=chosen,
        entry=entry_point(folder, settings),
        settings=_copy_settings(settings),
        config={**places, **config},
    )


def missing_value(key: str, why: str) -> UserError:
    return UserError(f"the configuration value {key!r} is missing: {why}", hint=f"Pass it: --config {key}=VALUE")


def runtime_of(settings: Mapping[str, Any]) -> Any:
    runtime = settings.get("runtime")
    return runtime.get("name") if isinstance(runtime, dict) else runtime


def stacks_of(folder: Path) -> list[str]:
    """The stacks that have a settings file."""
    return sorted(path.name.split(".", 1)[1].removesuffix(".yaml") for path in folder.glob("Pulumi.*.yaml"))


def default_stack(folder: Path) -> str:
    """`dev` if it has settings or no stack has; else the first stack with settings."""
    stacks = stacks_of(folder)
    return "dev" if "dev" in stacks or not stacks else stacks[0]


def entry_point(folder: Path, settings: Mapping[str, Any]) -> Path:
    """The program's file: `main` may be a folder or a file."""
    main = folder / str(settings.get("main") or "")
    entry = main / "__main__.py" if main.is_dir() else main
    if not entry.is_file():
        raise UserError(f"{entry} does not exist", hint="Correct `main` in Pulumi.yaml.")
    return entry


def read_schema(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The project's `config:` schema by full key. https://www.pulumi.com/docs/iac/concepts/config/#project-level"""
    config = settings.get("config")
    return {_qualify(name, key): entry for key, entry in config.items()} if isinstance(config, dict) else {}


def parse(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """`KEY=VALUE` texts as config; a value that is a JSON list or object is one."""
    parsed = {}
    for override in overrides:
        key, separator, text = override.partition("=")
        if not separator or not key:
            raise UserError(f"--config {override}: found no '='", hint="Write --config KEY=VALUE.")
        parsed[_qualify(name, key)] = json.loads(text) if _is_json(text) else text
    return parsed


def _is_json(text: str) -> bool:
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _qualify(name: str, key: str) -> str:
    return key if ":" in key else f"{name}:{key}"


def _has_default(entry: Any) -> bool:
    return not isinstance(entry, dict) or "default" in entry or "value" in entry


def _copy_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings the engine reads, without what points into the folder or at another backend."""
    kept = {key: settings[key] for key in ("name", "description", "config", "options") if key in settings}
    return {**kept, "runtime": "python"}


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError(f"{file} is no valid YAML: {error}") from None
    return document if isinstance(document, dict) else {}
