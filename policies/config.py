"""The policy config, read and validated: `{"rule": "level"}` or `{"rule": {"enforcementLevel": …, threshold: …}}`.

The engine reads the file of `--policy-pack-config` and hands on what it holds; `check` reads the same file. pydantic is
imported here alone: a pack without a config starts without it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pulumi_policy import EnforcementLevel
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from .rule import CATEGORIES, Rule
from .settings import PACK, BadConfig, Settings, Stacks

Level = Literal["advisory", "mandatory", "disabled"]
Given = Mapping[str, Any]
COUNT, TEXTS = Annotated[int, Field(ge=0)], Annotated[list[str], Field(min_length=1)]
"""What a threshold may be set to."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Environment(Strict):
    """The stacks that are judged at one column of `levels.yaml`."""

    stacks: list[str] = Field([], description="patterns of stack names, such as live-* (organisation and project too)")
    tags: dict[str, str] = Field({}, description="stack tags and patterns of their values, all of which must match")


class PackSettings(Strict):
    """The settings of the whole pack."""

    environments: dict[str, Environment] = Field({}, description="column of levels.yaml → its stacks; first match wins")
    categories: dict[str, Level | dict[str, Level]] = Field({}, description="category → level, or column → level")
    exemptions: str | None = Field(None, description="a file as exemptions.yaml, from where pulumi was started")
    baseline: str | None = Field(None, description="a file that `policies baseline` wrote")


def read_config(file: Path, rules: Sequence[Rule], columns: Sequence[str]) -> Settings:
    """The settings of a file for `--policy-pack-config`. Raises BadConfig."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{file}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise BadConfig(f"{file}: no JSON ({error})") from None
    if not isinstance(document, dict):
        raise BadConfig(f"{file}: found {type(document).__name__}, expected an object")
    try:
        return _settings_of(document, rules, columns, file.resolve().parent)
    except BadConfig as error:
        raise BadConfig(f"{file}: {error}") from None


def _settings_of(document: Given, rules: Sequence[Rule], columns: Sequence[str], at: Path) -> Settings:
    given = {name: {"enforcementLevel": v} if isinstance(v, str) else v for name, v in document.items()}
    every = given.pop("all", {}).get("enforcementLevel")
    levels = {rule.name: every for rule in rules if every}
    levels |= {n: v["enforcementLevel"] for n, v in given.items() if isinstance(v, dict) and "enforcementLevel" in v}
    return settings(levels, {n: _properties(n, v) for n, v in given.items()}, rules, columns, at)


def _properties(name: str, value: Any) -> Given:
    if not isinstance(value, dict):
        raise BadConfig(f"{name}: found {value!r}, expected a level or an object")
    return {key: each for key, each in value.items() if key != "enforcementLevel"}


def settings(
    levels: Mapping[str, str], properties: Mapping[str, Given], rules: Sequence[Rule], columns: Sequence[str], at: Path
) -> Settings:
    """Settings from levels and properties by rule; paths are relative to `at`. Raises BadConfig."""
    known = {rule.name: rule for rule in rules}
    for name in {*levels, *properties} - known.keys():
        raise BadConfig(f"{name}: there is no such rule{_nearest(name, known)}")
    pack = _validated(PACK, PackSettings, properties.get(PACK, {}))
    for name in pack.environments.keys() - set(columns):
        raise BadConfig(f"{PACK}.environments: found {name!r}, expected {', '.join(columns)}")
    return Settings(
        levels={name: _level(name, level) for name, level in levels.items() if name != PACK},
        parameters={n: _thresholds(known[n], p) for n, p in properties.items() if n != PACK and p},
        categories={name: _row(name, row, columns) for name, row in pack.categories.items()},
        environments={name: Stacks(tuple(e.stacks), dict(e.tags)) for name, e in pack.environments.items()},
        exemptions=at / pack.exemptions if pack.exemptions else None,
        baseline=at / pack.baseline if pack.baseline else None,
    )


def started_in() -> Path:
    """The folder in which somebody called pulumi; the engine starts a pack in the pack's own."""
    return Path(os.environ.get("PWD") or os.getcwd())


def _level(name: str, level: str) -> EnforcementLevel:
    try:
        return EnforcementLevel(level)
    except ValueError:
        expected = ", ".join(each.value for each in EnforcementLevel)
        raise BadConfig(f"{name}.enforcementLevel: found {level!r}, expected {expected}") from None


def _row(category: str, row: Any, columns: Iterable[str]) -> dict[str, EnforcementLevel]:
    if category not in CATEGORIES:
        raise BadConfig(f"{PACK}.categories: found {category!r}, expected {', '.join(CATEGORIES)}")
    given = dict.fromkeys(columns, row) if isinstance(row, str) else row
    for column in given.keys() - set(columns):
        raise BadConfig(f"{PACK}.categories.{category}: found {column!r}, expected {', '.join(columns)}")
    return {column: EnforcementLevel(level) for column, level in given.items()}


def _thresholds(rule: Rule, given: Given) -> dict[str, Any]:
    """The thresholds that differ from the rule's own, in its parameters' types."""
    fields: dict[str, Any] = {
        name: (COUNT if isinstance(parameter.default, int) else TEXTS, None)
        for name, parameter in rule.parameters.items()
    }
    whole = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in given.items()}  # JSON's numbers
    validated = _validated(rule.name, create_model(rule.name, __base__=Strict, **fields), whole)
    values = validated.model_dump(exclude_unset=True)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _validated(name: str, model: type[Any], given: Given) -> Any:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join([name, *map(str, first["loc"])])
        expected = f"expected one of {', '.join(model.model_fields) or 'no settings'}"
        why = expected if first["type"] == "extra_forbidden" else first["msg"]
        raise BadConfig(f"{path}: found {first['input']!r}, {why}") from None


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f", did you mean {close[0]!r}?" if close else ""
