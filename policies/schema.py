"""`python policies schema [config|exemptions|baseline]`: the JSON schemas by which editors check a team's files."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .config import CATEGORY_LEVELS, LEVELS, SCHEMA
from .exemptions import FIELDS
from .rule import CATEGORIES, Rule, json_schema
from .rules import catalogue
from .settings import PACK

FOLDER = Path(__file__).with_name("schemas")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string", "minLength": 1}
LEVEL = {"$ref": "#/$defs/level"}
WIDTH = 150
URN = "urn:pulumi:<stack>::<project>::<type>::<name>"


def schemas(rules: Sequence[Rule]) -> dict[str, dict[str, Any]]:
    """By name: the policy config, the exemptions, the baseline."""
    return {"config": config(rules), "exemptions": exemptions(rules), "baseline": baseline()}


def config(rules: Sequence[Rule]) -> dict[str, Any]:
    shared = {"level": {"enum": list(LEVELS)}, "rule": _setting({})}
    return {
        "$schema": DIALECT,
        "title": "Policy config of the inference pack",
        "type": "object",
        "properties": {
            SCHEMA: {**TEXT, "description": "for editors; what is handed to the engine has none"},
            "all": LEVEL,
            **{rule.name: _rule(rule) for rule in rules if rule.name != PACK},
            PACK: _pack(rules),
        },
        "additionalProperties": False,
        "$defs": shared,
    }


def _pack(rules: Sequence[Rule]) -> dict[str, Any]:
    """The settings of the whole pack, as `policies.config` takes them."""
    level = {"enum": list(CATEGORY_LEVELS)}
    stacks = {"type": "array", "items": TEXT, "description": "patterns of stack names, such as live-*"}
    tags = _by_name(TEXT, "stack tags and patterns of their values, all of which must match")
    environment = _object({"stacks": stacks, "tags": tags})
    by_column = _by_name(LEVEL, "column of levels.yaml → level")
    either = {"oneOf": [level, _by_name(level, "column of levels.yaml → level")]}
    names = [rule.name for rule in rules if rule.name != PACK]
    return _object(
        {
            "environments": _by_name(environment, "column of levels.yaml → its stacks; the first that matches holds"),
            "categories": _by_name(either, "category → level, or column → level", CATEGORIES),
            "rules": _by_name(by_column, "rule → column → level; says more than its level and its category's", names),
            "exemptions": {**TEXT, "description": "a file as exemptions.yaml, from where pulumi was started"},
            "baseline": {**TEXT, "description": "a file that `policies baseline` wrote"},
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _by_name(value: dict[str, Any], description: str, names: Sequence[str] = ()) -> dict[str, Any]:
    """An object of any keys, or of these."""
    known = {"propertyNames": {"enum": list(names)}} if names else {}
    return {"type": "object", "description": description, "additionalProperties": value, **known}


def _rule(rule: Rule) -> dict[str, Any]:
    thresholds = {name: json_schema(parameter) for name, parameter in rule.parameters.items()}
    return {"description": rule.title, **(_setting(thresholds) if thresholds else {"$ref": "#/$defs/rule"})}


def _setting(thresholds: dict[str, Any]) -> dict[str, Any]:
    """A level, or an object with a level and thresholds."""
    properties = {"enforcementLevel": LEVEL, **thresholds}
    return {"oneOf": [LEVEL, _object(properties)]}


def exemptions(rules: Sequence[Rule]) -> dict[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(FIELDS, TEXT)
    fields["rule"] = {"enum": [rule.name for rule in rules]}
    fields["resource"] = {**TEXT, "description": f"{URN}, wildcards only in the name"}
    fields["expires"] = {"type": "string", "format": "date", "description": "the last day it holds"}
    return _list("Exemptions of the inference pack", "exemptions", fields)


def baseline() -> dict[str, Any]:
    """Its rules are any: the pack reads a baseline that names one which is gone."""
    return _list("Baseline of the inference pack", "findings", {"rule": TEXT, "resource": {**TEXT, "description": URN}})


def _list(title: str, key: str, fields: dict[str, Any]) -> dict[str, Any]:
    row = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": {key: {"type": ["array", "null"], "items": row}},
        "additionalProperties": False,
    }


def text(schema: dict[str, Any]) -> str:
    """The file: an object or list that fits into one line stands in one, so that a rule is a line."""
    return _lines(schema, "") + "\n"


def _lines(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    inner = indent + " "
    keys = [f"{json.dumps(key)}: " for key in value] if isinstance(value, dict) else [""] * len(value)
    entries = value.values() if isinstance(value, dict) else value
    body = ",\n".join(inner + key + _lines(entry, inner) for key, entry in zip(keys, entries, strict=True))
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{body}\n{indent}{end}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one, or writes all into the pack's folder."""
    names = sys.argv[1:] if arguments is None else arguments
    made = schemas(catalogue())
    if names:
        sys.stdout.write(text(made[names[0]]))
        return
    FOLDER.mkdir(exist_ok=True)
    for name, schema in made.items():
        (FOLDER / f"{name}.json").write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
