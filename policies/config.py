"""The policy config, read and validated: `{"rule": "level"}` or `{"rule": {"enforcementLevel": …, threshold: …}}`.

The engine reads the file of `--policy-pack-config` and hands on what it holds; `check` reads the same file, and
`config.json` beside the pack has its form. `schema` says the same to editors. Validated by hand: the pack reads this at
every start, and importing a library for it takes half as long as the whole pack.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from pulumi_policy import EnforcementLevel

from .renamed import RENAMED
from .rule import CATEGORIES, Rule
from .settings import PACK, BadConfig, Choice, Settings, Stacks

Given = Mapping[str, Any]
PACK_KEYS = ("environments", "categories", "rules", "exemptions", "baseline")
SCHEMA = "$schema"
LEVELS = tuple(level.value for level in EnforcementLevel)
CATEGORY_LEVELS = tuple(level for level in LEVELS if level != "remediate")
ENGINE = "the policy config"
"""What a finding calls the settings that came through the engine."""


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
        return _settings_of(document, rules, columns, file.resolve())
    except BadConfig as error:
        raise BadConfig(f"{file}: {error}") from None


def _settings_of(document: Given, rules: Sequence[Rule], columns: Sequence[str], file: Path) -> Settings:
    own = {name: value for name, value in document.items() if name != SCHEMA}
    given = {name: {"enforcementLevel": v} if isinstance(v, str) else v for name, v in own.items()}
    for name, value in given.items():
        if not isinstance(value, dict):
            _refuse(name, value, "a level or an object")
    every = given.pop("all", {}).get("enforcementLevel")
    levels = {rule.name: every for rule in rules if every}
    levels |= {name: value["enforcementLevel"] for name, value in given.items() if "enforcementLevel" in value}
    properties = {n: {k: item for k, item in v.items() if k != "enforcementLevel"} for n, v in given.items()}
    return settings(levels, properties, rules, columns, file.parent, f"{file.parent.name}/{file.name}")


def settings(
    levels: Mapping[str, str],
    properties: Mapping[str, Given],
    rules: Sequence[Rule],
    columns: Sequence[str],
    at: Path,
    by: str = ENGINE,
) -> Settings:
    """Settings from levels and properties by rule; paths are relative to `at`, `by` names them. Raises BadConfig."""
    known = {rule.name: rule for rule in rules}
    for name in {*levels, *properties} - known.keys():
        raise BadConfig(f"{name}: there is no such rule{_nearest(name, known)}")
    pack = _object(PACK, properties.get(PACK, {}), PACK_KEYS)
    by_rule, categories = _of_pack(pack, "rules"), _of_pack(pack, "categories")
    for name in by_rule.keys() - known.keys():
        raise BadConfig(f"{PACK}.rules: there is no rule {name!r}{_nearest(name, known)}")
    _among(f"{PACK}.categories", categories, CATEGORIES)
    environments = _among(f"{PACK}.environments", _of_pack(pack, "environments"), columns)
    return Settings(
        levels={
            name: Choice(EnforcementLevel(_text(f"{name}.enforcementLevel", level, LEVELS)), by)
            for name, level in levels.items()
            if name != PACK
        },
        rules={name: _row(f"{PACK}.rules.{name}", row, columns, LEVELS, by) for name, row in by_rule.items()},
        parameters={n: _thresholds(known[n], p) for n, p in properties.items() if n != PACK and p},
        categories={name: _category(name, row, columns, by) for name, row in categories.items()},
        environments={
            name: _stacks(f"{PACK}.environments.{name}", environment) for name, environment in environments.items()
        },
        exemptions=_file("exemptions", pack, at),
        baseline=_file("baseline", pack, at),
    )


def find_starting_folder() -> Path:
    """The folder in which somebody called pulumi; the engine starts a pack in the pack's own."""
    return Path(os.environ.get("PWD") or os.getcwd())


def _of_pack(pack: Given, key: str) -> Given:
    return _object(f"{PACK}.{key}", pack.get(key, {}))


def _category(name: str, row: Any, columns: Sequence[str], by: str) -> dict[str, Choice]:
    """One level for every column, or levels by column."""
    row = dict.fromkeys(columns, row) if isinstance(row, str) else row
    return _row(f"{PACK}.categories.{name}", row, columns, CATEGORY_LEVELS, by)


def _row(path: str, row: Any, columns: Sequence[str], levels: Sequence[str], by: str) -> dict[str, Choice]:
    given = _among(path, _object(path, row), columns)
    return {
        column: Choice(EnforcementLevel(_text(f"{path}.{column}", level, levels)), by)
        for column, level in given.items()
    }


def _stacks(path: str, given: Any) -> Stacks:
    selection = _object(path, given, ("stacks", "tags"))
    tags = _object(f"{path}.tags", selection.get("tags", {}))
    return Stacks(
        _texts(f"{path}.stacks", selection.get("stacks", [])),
        {k: _text(f"{path}.tags.{k}", v) for k, v in tags.items()},
    )


def _file(key: str, pack: Given, at: Path) -> Path | None:
    name = pack.get(key)
    return None if name is None else at / _text(f"{PACK}.{key}", name)


def _thresholds(rule: Rule, given: Given) -> dict[str, Any]:
    """The thresholds as set, in their parameters' types."""
    values: dict[str, Any] = {}
    for name, value in _object(rule.name, given, tuple(rule.parameters)).items():
        path = f"{rule.name}.{name}"
        counts = isinstance(rule.parameters[name].default, int)
        values[name] = _count(path, value) if counts else _texts(path, value, least=1)
    return values


def _object(path: str, value: Any, keys: Collection[str] | None = None) -> Given:
    """An object, without other keys than these where they are given."""
    if not isinstance(value, dict):
        _refuse(path, value, "an object")
    for key, item in value.items():
        if keys is not None and key not in keys:
            _refuse(f"{path}.{key}", item, f"one of {', '.join(keys) or 'no settings'}")
    return value


def _among(path: str, value: Given, names: Collection[str]) -> Given:
    for name in value:
        if name not in names:
            _refuse(path, name, ", ".join(names))
    return value


def _text(path: str, value: Any, expected: Collection[str] = ()) -> str:
    if not isinstance(value, str) or not value or (expected and value not in expected):
        _refuse(path, value, ", ".join(expected) or "text")
    return value


def _texts(path: str, value: Any, least: int = 0) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < least:
        _refuse(path, value, "a list of text")
    return tuple(_text(f"{path}.{index}", item) for index, item in enumerate(value))


def _count(path: str, value: Any) -> int:
    """A whole number from 0, which the engine hands on as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
        _refuse(path, value, "a whole number from 0")
    return int(value)


def _refuse(path: str, found: Any, expected: str) -> NoReturn:
    whole = int(found) if isinstance(found, float) and found.is_integer() else found  # the engine's numbers are floats
    raise BadConfig(f"{path}: found {whole!r}, expected {expected}")


def _nearest(name: str, known: Iterable[str]) -> str:
    if name in RENAMED:
        return f", it is called {RENAMED[name]!r} now"
    close = get_close_matches(name, list(known), 1)
    return f", did you mean {close[0]!r}?" if close else ""
