"""`python policies schema [config|exemptions|baseline]`: the JSON schemas by which editors check a team's files."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .config import PackSettings
from .exemptions import FIELDS
from .rule import Rule, json_schema
from .rules import catalogue
from .settings import PACK

FOLDER = Path(__file__).with_name("schemas")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string", "minLength": 1}
LEVELS = ["advisory", "mandatory", "disabled", "remediate"]
LEVEL = {"$ref": "#/$defs/level"}
WIDTH = 150
URN = "urn:pulumi:<stack>::<project>::<type>::<name>"


def schemas(rules: Sequence[Rule]) -> dict[str, dict[str, Any]]:
    """By name: the policy config, the exemptions, the baseline."""
    return {"config": config(rules), "exemptions": exemptions(rules), "baseline": baseline()}


def config(rules: Sequence[Rule]) -> dict[str, Any]:
    pack = PackSettings.model_json_schema()
    shared = {"level": {"enum": LEVELS}, "rule": _setting({}), **pack.pop("$defs", {})}
    return {
        "$schema": DIALECT,
        "title": "Policy config of the inference pack",
        "type": "object",
        "properties": {"all": LEVEL, **{rule.name: _rule(rule) for rule in rules if rule.name != PACK}, PACK: pack},
        "additionalProperties": False,
        "$defs": shared,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    thresholds = {name: json_schema(parameter) for name, parameter in rule.parameters.items()}
    return {"description": rule.title, **(_setting(thresholds) if thresholds else {"$ref": "#/$defs/rule"})}


def _setting(thresholds: dict[str, Any]) -> dict[str, Any]:
    """A level, or an object with a level and thresholds."""
    properties = {"enforcementLevel": LEVEL, **thresholds}
    return {"oneOf": [LEVEL, {"type": "object", "properties": properties, "additionalProperties": False}]}


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
