"""Templates in the clouds' tables: texts with words in braces, rendered for one resource.

`{hex17}` becomes 17 hexadecimal digits of the resource. `HEX` stands for upper case and `dec` for decimal digits;
`{hex6:key}` gives other digits for another purpose. `{a|b}` becomes the first word that is not empty. Every other word
is a fact of the cloud or an input of the resource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from rehearsal.cloud import PlannedResource
from rehearsal.values import map_inside

_DIGITS = re.compile(r"(hex|HEX|dec)(\d+)(?::(\w+))?")
_WORD = re.compile(r"\{([\w:]+(?:\|[\w:]+)*)\}")


class Words:
    """The words for one resource. A subclass defines `facts`, each of which is computed when a template uses it."""

    facts: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    def __init__(self, planned: PlannedResource) -> None:
        self.planned = planned

    def render(self: Self, template: Any) -> Any:
        """Replaces the words in a template, at any depth. A text that is a single word takes the word's type."""
        if not isinstance(template, str):
            return map_inside(template, self.render)
        if whole := _WORD.fullmatch(template):
            return self[whole.group(1)]
        return _WORD.sub(lambda word: str(self[word.group(1)]), template)

    def __getitem__(self, word: str) -> Any:
        if "|" in word:
            return next(filter(None, (self[part] for part in word.split("|"))), "")
        if digits := _DIGITS.fullmatch(word):
            return self._digits(digits.group(1), int(digits.group(2)), digits.group(3) or "")
        if word in self.facts:
            return self.facts[word](self)
        value = self.planned.inputs.get(word)
        return value if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def _digits(self, style: str, count: int, purpose: str) -> str:
        digits = self.planned.hex(count, purpose)
        if style == "dec":
            return str(int(self.planned.hex(16, purpose), 16))[:count].rjust(count, "1")
        return digits.upper() if style == "HEX" else digits
