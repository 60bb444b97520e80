"""The types of properties at any depth, read from the SDKs' Python annotations.

The annotation `Input[Optional[Sequence[Input[Union['RuleArgs', 'RuleArgsDict']]]]]` becomes `ListOf(ObjectOf(…))`.
Objects are resolved lazily, because some types contain themselves.
"""

from __future__ import annotations

import collections.abc
import enum
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from pulumi._types import _py_properties


@dataclass(frozen=True)
class Scalar:
    """A scalar type. `name` is one of string, integer, number, boolean."""

    name: str


@dataclass(frozen=True)
class AnyValue:
    """A value without a declared type. This includes assets, archives and resources, which the engine checks."""


@dataclass(frozen=True)
class ListOf:
    item: Type


@dataclass(frozen=True)
class MapOf:
    item: Type


@dataclass(frozen=True)
class EnumOf:
    """An enum. `name` is the SDK's class name, by which growing enums (instance types) are recognised."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class ObjectOf:
    cls: type

    @property
    def properties(self) -> Mapping[str, Property]:
        return properties(self.cls)


@dataclass(frozen=True)
class OneOf:
    options: tuple[Type, ...]


Type = Scalar | AnyValue | ListOf | MapOf | EnumOf | ObjectOf | OneOf


@dataclass(frozen=True)
class Property:
    """A property. `required` means that an input must be given or that an output is always present."""

    type: Type
    required: bool


_SCALARS = {str: Scalar("string"), int: Scalar("integer"), float: Scalar("number"), bool: Scalar("boolean")}
_LISTS = (collections.abc.Sequence, list)
_MAPS = (collections.abc.Mapping, dict)


@cache
def properties(cls: type) -> Mapping[str, Property]:
    """Returns the properties of an SDK class (resource, `*Args`, output or result type) by wire name."""
    module = vars(sys.modules[cls.__module__])
    local = {"Output": pulumi.Output, "T": type(None)}
    needed = _list_required_arguments(cls)
    by_wire_name = {}
    for python_name, wire_name, prop in _py_properties(cls):
        hint = typing.get_type_hints(prop.fget, globalns=module, localns=local).get("return", Any)
        shape, optional = _read(hint)
        by_wire_name[wire_name] = Property(shape, python_name in needed if needed is not None else not optional)
    return by_wire_name


def read_annotation(hint: Any) -> Type:
    """Returns the type of an annotation, without `None`."""
    return _read(hint)[0]


def _list_required_arguments(cls: type) -> frozenset[str] | None:
    """The constructor arguments without a default for an input class; None for a resource, which has annotations."""
    if not getattr(cls, "_pulumi_input_type", False):
        return None
    parameters = inspect.signature(cls.__init__).parameters.values()
    return frozenset(p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty)


def _read(hint: Any) -> tuple[Type, bool]:
    """The type of an annotation and whether it allows None. `Output`, `Awaitable` and `Input` are unwrapped."""
    options: dict[Type, None] = {}
    optional = _collect(hint, options)
    shapes = list(options)
    if not shapes or any(isinstance(shape, AnyValue) for shape in shapes):
        return AnyValue(), optional
    return (shapes[0] if len(shapes) == 1 else OneOf(tuple(shapes))), optional


def _collect(hint: Any, options: dict[Type, None]) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is type(None):
        return True
    if origin is typing.Union or origin is types.UnionType:
        return sum(_collect(argument, options) for argument in arguments) > 0
    if origin is pulumi.Output:
        return False if arguments[0] is type(None) else _collect(arguments[0], options)
    if origin is collections.abc.Awaitable:
        return _collect(arguments[0], options)
    if typing.is_typeddict(hint):
        # `SomeArgsDict` describes the same object as `SomeArgs`.
        return False
    options.setdefault(_plain(hint, origin, arguments))
    return False


def _plain(hint: Any, origin: Any, arguments: tuple[Any, ...]) -> Type:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if origin in _LISTS:
        return ListOf(_read(arguments[0])[0])
    if origin in _MAPS:
        return MapOf(_read(arguments[1])[0])
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return EnumOf(hint.__name__, tuple(member.value for member in hint))
    is_object = getattr(hint, "_pulumi_input_type", False) or getattr(hint, "_pulumi_output_type", False)
    return ObjectOf(hint) if is_object else AnyValue()
