"""The keys a settings class declares, read from its types: for error messages and for the READMEs' tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from shared.block import Block


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
    found = _resolve(annotation, path)
    return list(found.model_fields) if _is_block(found) else []


def describe_type(annotation: Any, path: Sequence[str | int] = ()) -> str:
    """The type at `path` in words: `whole number`, `one of a, b`, `mapping with min, max`."""
    return _words(_resolve(annotation, path))


def keys(block: type[Block], prefix: str = "") -> Iterator[Key]:
    """Every leaf key under `block`, in the order of declaration."""
    for name, field in block.model_fields.items():
        yield from _field_keys(f"{prefix}{name}", field)


def _field_keys(path: str, field: FieldInfo) -> Iterator[Key]:
    inner = _bare(field.annotation)
    if _is_block(inner):
        yield from keys(inner, f"{path}.")
    elif _is_mapping(inner) and _is_block(get_args(inner)[1]):
        yield Key(f"{path}.<name>", "mapping", _default(field), field.description or "")
        yield from keys(get_args(inner)[1], f"{path}.<name>.")
    else:
        low, high = _bounds(field)
        words = _words(inner) + _range(low, high)
        yield Key(path, words, _default(field), field.description or "", low, high)


def _resolve(annotation: Any, path: Sequence[str | int]) -> Any:
    current = _bare(annotation)
    for part in path:
        if _is_block(current):
            field = current.model_fields.get(str(part))
            if field is None:
                return None
            current = _bare(field.annotation)
        else:
            arguments = get_args(current)
            current = _bare(arguments[1] if _is_mapping(current) else arguments[0]) if arguments else None
    return current


def _bare(annotation: Any) -> Any:
    """The type without Annotated and Optional around it."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


def _origin(annotation: Any) -> type:
    origin = get_origin(annotation)
    return origin if isinstance(origin, type) else object


def _is_mapping(annotation: Any) -> bool:
    return issubclass(_origin(annotation), Mapping)


def _is_block(annotation: Any) -> TypeGuard[type[Block]]:
    return isinstance(annotation, type) and issubclass(annotation, Block)


def _words(annotation: Any) -> str:
    names = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    if _is_block(annotation):
        return f"a mapping with {', '.join(annotation.model_fields)}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return f"one of {', '.join(str(member.value) for member in annotation)}"
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(str(value) for value in get_args(annotation))}"
    if _is_mapping(annotation):
        key, value = get_args(annotation)
        return f"a mapping from {_words(_bare(key))} to {_words(_bare(value))}"
    if issubclass(_origin(annotation), tuple):
        return f"a list of {_words(_bare(get_args(annotation)[0]))}"
    return str(annotation)


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    low = next((m.ge for m in field.metadata if isinstance(m, Ge)), None)
    high = next((m.le for m in field.metadata if isinstance(m, Le)), None)
    above = next((m.gt for m in field.metadata if isinstance(m, Gt)), None)
    return cast("float | None", above if low is None else low), cast("float | None", high)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f", from {_plain(low)}"
    return f", {_plain(low)} to {_plain(high)}"


def _plain(bound: float | None) -> str:
    return "" if bound is None else str(int(bound)) if bound == int(bound) else f"{bound:g}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value in (None, {}, ()):
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
