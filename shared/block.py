"""The base of every config block: frozen, closed to unknown keys, each key described once where it is declared."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Block(BaseModel):
    """A mapping in `Pulumi.<env>.yaml`. Keys that are not declared are refused; values are not coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid")
