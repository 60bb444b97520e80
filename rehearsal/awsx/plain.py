"""Arguments that must not be outputs, because awsx decides from them which resources it creates."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import ForwardRef, get_args

from pulumi._types import _py_properties


@cache
def plain_arguments(type_token: str) -> frozenset[str]:
    """Returns the wire names of the arguments whose declared type is not an `Input`."""
    _, module, name = type_token.split(":")
    arguments = getattr(import_module(f"pulumi_awsx.{module}"), f"{name}Args", None)
    if arguments is None:
        return frozenset()
    hints = {wire: get.fget.__annotations__["return"] for _, wire, get in _py_properties(arguments)}
    return frozenset(wire for wire, hint in hints.items() if ForwardRef("Output[T]") not in get_args(hint))
