"""How the help of every command reads: what a value is, and no Python type, which typer puts behind flags and names."""

from __future__ import annotations

from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup

PLACEHOLDERS = {"path": "PATH", "str": "TEXT", "int range": "N", "float range": "N"}
"""What stands for an option's value, by the type that typer would show; choices are shown as they are."""


def say_nothing(ctx: Any) -> None:
    return None


class PlainHelp:
    def get_params(self, ctx: Any) -> list[Any]:
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if getattr(param, "is_flag", False):
                param.metavar = ""
            elif isinstance(param, TyperArgument):
                param.display_type_rich = say_nothing  # its name says what it is
            elif param.metavar is None:
                kind = param.display_type(ctx).strip("<>").removeprefix("list[").removesuffix("]")
                param.metavar = PLACEHOLDERS.get(kind, kind)
        return params


class PlainCommand(PlainHelp, TyperCommand):
    pass


class PlainGroup(PlainHelp, TyperGroup):
    pass
