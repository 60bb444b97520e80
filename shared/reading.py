"""From the plain values of a config to typed blocks, collecting every fault instead of stopping at the first."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.block import Block
from shared.checks import COMMON
from shared.container import read_container
from shared.keys import describe_type, known_keys
from shared.problem import did_you_mean
from shared.settings import Contradiction, StackSettings

S = TypeVar("S", bound=StackSettings)
HIDDEN = "[secret]"


class Fault(NamedTuple):
    """A problem before it has a file and a line: `path` starts with the block's key."""

    path: tuple[str | int, ...]
    found: str
    expected: str
    message: str = ""


def read(settings: type[S], values: Mapping[str, Any], environment: str) -> tuple[S | None, list[Fault]]:
    """The settings, and everything that is wrong with `values` (block key → plain value).

    None instead of settings when something is wrong, or encrypted and so not to be read here.
    """
    blocks, faults = read_blocks(settings, values)
    for contradiction in contradictions(settings, blocks, environment):
        if contradiction.found == HIDDEN:
            continue
        path = tuple(contradiction.key.split("."))
        found = json.dumps(contradiction.found, default=str)
        faults.append(Fault(path, found, contradiction.expected, contradiction.message))
    whole = not faults and blocks.keys() == settings.model_fields.keys()
    return (settings(**blocks) if whole else None), faults


def read_blocks(kind: type[Block], values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The keys of `kind` that are valid in themselves, typed, and what is wrong with the others."""
    faults = [_unknown_block(key, kind) for key in values if key not in kind.model_fields]
    blocks: dict[str, Any] = {}
    for key, field in kind.model_fields.items():
        if key not in values:
            if field.is_required():
                what = "block" if field.annotation in Block.__subclasses__() else "key"
                faults.append(Fault((key,), "nothing", describe_type(field.annotation), f"the {what} is missing"))
            else:
                blocks[key] = field.get_default(call_default_factory=True)
            continue
        try:
            # JSON mode is strict about types and still takes a list for a tuple and a string for an enum
            blocks[key] = TypeAdapter[Any](field.rebuild_annotation()).validate_json(_as_json(values[key]), strict=True)
        except ValidationError as error:
            faults += [fault for e in error.errors() if (fault := _fault(key, e, field.annotation, values[key]))]
    return blocks, faults


def contradictions(
    settings: type[StackSettings], blocks: Mapping[str, Any], environment: str
) -> Iterator[Contradiction]:
    """What the common and the backend's own checks find in the blocks that are valid in themselves."""
    given = {**blocks, "environment": environment, "backend": settings}
    with suppress(ValueError):  # what is wrong with the description is not said of a config: shared/description.py
        given["container"] = read_container()
    for check in (*COMMON, *settings.checks):
        needed = inspect.signature(check).parameters
        if needed.keys() <= given.keys():
            yield from check(**{name: given[name] for name in needed})


def _as_json(value: Any) -> str:
    return json.dumps(_hide_secrets(value), default=str)


def _hide_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return HIDDEN if value.keys() == {"secure"} else {k: _hide_secrets(v) for k, v in value.items()}
    return [_hide_secrets(item) for item in value] if isinstance(value, list) else value


def _unknown_block(key: str, kind: type[Block]) -> Fault:
    known = list(kind.model_fields)
    return Fault((key,), "an unknown key", f"one of {', '.join(known)}", did_you_mean(key, known))


def _fault(block: str, error: ErrorDetails, annotation: Any, value: Any) -> Fault | None:
    path = (block, *(part for part in error["loc"] if part != "[key]"))
    kind, found = error["type"], error["input"]
    if found == HIDDEN:
        return None  # encrypted values can only be checked where they can be read
    if kind == "missing":
        return Fault(path, "nothing", describe_type(annotation, path[1:]), "the key is missing")
    if kind == "extra_forbidden":
        known = known_keys(annotation, path[1:-1])
        return Fault(path, "an unknown key", f"one of {', '.join(known)}", did_you_mean(str(path[-1]), known))
    expected = _describe_expected(error)
    return Fault(path, json.dumps(found, default=str), expected, _quote_hint(kind, found))


def _describe_expected(error: ErrorDetails) -> str:
    message = error["msg"]
    for prefix in ("Input should be ", "Value error, ", "String should match pattern "):
        if message.startswith(prefix):
            rest = message.removeprefix(prefix)
            return f"text matching {rest}" if prefix.startswith("String") else rest
    return message[:1].lower() + message[1:]


def _quote_hint(kind: str, found: object) -> str:
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    return "put it in quotes" if kind == "string_type" and is_number else ""
