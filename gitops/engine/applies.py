"""Hearing of what a program raises inside `Output.apply`, after its last line.

The SDK passes such an exception on from task to task until the engine prints it, and which of the frames are printed
depends on which task comes first. Here it is heard where it is raised, with the line its author wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pulumi

Tell = Callable[[Exception], None]


def listen(tell: Tell) -> None:
    """From now on `tell` hears what functions given to `apply` raise. For a process that runs one program."""
    apply = pulumi.Output.apply

    @wraps(apply)
    def heard(self: pulumi.Output[Any], func: Callable[[Any], Any], *options: Any, **named: Any) -> Any:
        return apply(self, _tell_errors(func, tell), *options, **named)

    pulumi.Output.apply = heard


def _tell_errors(function: Callable[[Any], Any], tell: Tell) -> Callable[[Any], Any]:
    def tell_of_errors(value: Any) -> Any:
        try:
            return function(value)
        except Exception as error:
            tell(error)
            raise

    return tell_of_errors
