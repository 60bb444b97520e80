"""The keys a settings class declares, read from its JSON schema: for error messages and for the READMEs' tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from shared.block import Block

Schema = Mapping[str, Any]
WORDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}


class Key(NamedTuple):
    """One documented key: `path` is dotted, `<name>` stands for a name of the writer's choice; both bounds count in."""

    path: str
    type: str
    default: str
    description: str
    low: float | None = None
    high: float | None = None


def known_keys(annotation: Any, path: Sequence[str | int]) -> list[str]:
    """Names a mapping at `path` under a value of type `annotation` may hold."""
    return list(_find(annotation, path).get("properties", ()))


def describe_type(annotation: Any, path: Sequence[str | int] = ()) -> str:
    """The type at `path` in words: `whole number`, `one of a, b`, `mapping with min, max`."""
    return _words(_find(annotation, path))


def keys(block: type[Block]) -> Iterator[Key]:
    """Every leaf key under `block`, in the order of declaration."""
    return _list_keys(read_schema(block), "")


def _list_keys(schema: Schema, prefix: str) -> Iterator[Key]:
    for name, field in schema["properties"].items():
        path, inner = f"{prefix}{name}", field.get("additionalProperties")
        default = _default(field) if name not in schema.get("required", ()) else "required"
        if "properties" in field:
            yield from _list_keys(field, f"{path}.")
        elif isinstance(inner, dict) and "properties" in inner:
            yield Key(f"{path}.<name>", "mapping", default, field["description"])
            yield from _list_keys(inner, f"{path}.<name>.")
        else:
            low, high = field.get("minimum", field.get("exclusiveMinimum")), field.get("maximum")
            yield Key(path, _words(field) + _range(low, high), default, field.get("description", ""), low, high)


@cache
def read_schema(annotation: Any) -> Schema:
    """The JSON schema of a type, without references: what they refer to stands in their place."""
    schema = TypeAdapter(annotation).json_schema()
    return _inline(schema, schema.get("$defs", {}))


def _inline(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _inline(value, definitions) for key, value in node.items() if key not in ("$ref", "$defs")}
    if "$ref" in node:
        plain = {**_inline(definitions[node["$ref"].rpartition("/")[2]], definitions), **plain}
    if "anyOf" in plain:  # a type or none
        plain = {**next(each for each in plain["anyOf"] if each != {"type": "null"}), **plain}
    return plain


def _find(annotation: Any, path: Sequence[str | int]) -> Schema:
    """The schema at `path`, empty where there is none."""
    schema = read_schema(annotation)
    for part in path:
        inner = schema.get("properties", {}).get(part) or schema.get("items") or schema.get("additionalProperties")
        schema = inner if isinstance(inner, dict) else {}
    return schema


def _words(schema: Any) -> str:
    if not isinstance(schema, dict):
        return "anything"
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "properties" in schema:
        return f"a mapping with {', '.join(schema['properties'])}"
    if "items" in schema:
        return f"a list of {_words(schema['items'])}"
    if "additionalProperties" in schema:
        names = schema.get("propertyNames", {"type": "string"})
        return f"a mapping from {_words(names)} to {_words(schema['additionalProperties'])}"
    return WORDS.get(schema.get("type", ""), "anything")


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f", from {_plain(low)}"
    return f", {_plain(low)} to {_plain(high)}"


def _plain(bound: float | None) -> str:
    return "" if bound is None else str(int(bound)) if bound == int(bound) else f"{bound:g}"


def _default(field: Schema) -> str:
    value = field["default"]
    if value in (None, {}, []):
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
