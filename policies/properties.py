"""A resource's properties as the engine sends them or a state file holds them, read without surprises.

Both use the same encoding (unknown values and secrets are marked by signatures). A rule asks for a path in the type it
expects; what comes back is that type or nothing. An unknown value raises `UnknownValueError`, any other type raises
`Mismatch`; the judge turns each into a stated outcome, so a rule needs no defensive code. Secrets compare like plain
values and print as `[secret]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pulumi_policy import proxy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY

UNKNOWNS = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))
UnknownValueError = proxy.UnknownValueError
DEFAULTS = "__defaults"  # where providers made from Terraform's note which inputs they filled in themselves


class Mismatch(Exception):
    """A property has another type than its provider's schema gives it, so the rule cannot judge it."""

    def __init__(self, path: str, found: object, expected: str) -> None:
        super().__init__(f"{path or 'the resource'} is {show(found)}, expected {expected}")


class _Secret:
    """Takes part in comparisons and prints as `[secret]`."""

    def __str__(self) -> str:
        return "[secret]"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "[secret]"


class SecretText(_Secret, str):
    pass


class SecretNumber(_Secret, float):
    pass


def show(value: object) -> str:
    """The value as a reviewer wrote it: JSON, whole numbers without a fraction, at most 80 characters."""
    if value is None:
        return "not set"
    if isinstance(value, _Secret):
        return str(value)
    if isinstance(value, Properties | Mapping | list):
        return "an object" if not isinstance(value, list) else f"a list of {len(value)}"
    text = json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:76]}…{text[-1]}"


class Properties:
    """A read-only view of an object; paths are the engine's (`scalableTargetAction.minCapacity`, `rules[0].name`)."""

    def __init__(self, raw: Mapping[str, Any], at: str = "", secret: bool = False) -> None:
        self.raw = raw
        self._at = at
        self._secret = secret

    def has(self, path: str) -> bool:
        """Whether something is set there; a value that is unknown before apply is set."""
        try:
            return self._find(path)[0] not in (None, "")
        except UnknownValueError:
            return True

    def known(self, path: str) -> bool:
        """Whether the value there can be read now; nothing set counts as known."""
        try:
            self._find(path)
        except UnknownValueError:
            return False
        return True

    def show(self, path: str) -> str:
        """The value there as a reviewer wrote it."""
        value, secret = self._find(path)
        return "[secret]" if secret else show(value)

    def text(self, path: str) -> str | None:
        value, secret = self._find(path)
        if value is None or isinstance(value, str):
            return SecretText(value) if secret and value is not None else value
        raise Mismatch(self._full(path), value, "text")

    def number(self, path: str) -> float | None:
        """The number there; providers that hold numbers as text (`capacity.minimum: "2"`) are understood."""
        value, secret = self._find(path)
        if value is None:
            return None
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            with suppress(ValueError):
                number = float(value)
                return SecretNumber(number) if secret else int(number) if number.is_integer() else number
        raise Mismatch(self._full(path), value, "a number")

    def flag(self, path: str) -> bool | None:
        value, _ = self._find(path)
        if value is None or isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise Mismatch(self._full(path), value, "true or false")

    def count(self, path: str) -> int:
        """How many entries the list or object there has; its entries may be unknown."""
        value, _ = self._find(path)
        if isinstance(value, Mapping):
            return len(value.keys() - {DEFAULTS})
        if value is None or isinstance(value, list):
            return len(value or ())
        raise Mismatch(self._full(path), value, "a list")

    def texts(self, path: str) -> list[str]:
        """A list of text; a single text counts as a list of one, as in IAM documents."""
        value, secret = self._find(path)
        entries = [value] if isinstance(value, str) else value or []
        if not isinstance(entries, list):
            raise Mismatch(self._full(path), value, "a list of text")
        inner = Properties({str(i): entry for i, entry in enumerate(entries)}, self._full(path), secret)
        return [text for i in range(len(entries)) if (text := inner.text(str(i))) is not None]

    def child(self, path: str) -> Properties:
        """The object there, or an empty one."""
        value, secret = self._find(path)
        if value is None or isinstance(value, Mapping):
            return Properties(value or {}, self._full(path), secret)
        raise Mismatch(self._full(path), value, "an object")

    def children(self, path: str) -> list[Properties]:
        """The objects of the list there; a single object counts as a list of one."""
        value, _ = self._find(path)
        if value is None or isinstance(value, Mapping):
            return [self.child(path)] if value else []
        if not isinstance(value, list):
            raise Mismatch(self._full(path), value, "a list")
        return [self.child(f"{path}[{index}]") for index in range(len(value))]

    def document(self, path: str) -> Properties:
        """The JSON document there, given as text (IAM policies, container definitions) or as an object.

        A document that is a list is found under the key `items`.
        """
        value, secret = self._find(path)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise Mismatch(self._full(path), value, "a JSON document") from None
        if isinstance(value, list):
            value = {"items": value}
        if value is not None and not isinstance(value, Mapping):
            raise Mismatch(self._full(path), value, "a JSON document")
        return Properties(value or {}, self._full(path), secret)

    def keys(self, path: str = "") -> list[str]:
        return sorted((self.child(path) if path else self).raw.keys() - {DEFAULTS})

    def _full(self, path: str) -> str:
        return f"{self._at}.{path}" if self._at and path else self._at or path

    def _find(self, path: str) -> tuple[Any, bool]:
        value, secret = _reveal(self.raw, self._secret, self._at)
        for key in re.findall(r"[^.\[\]]+", path):
            if isinstance(value, list) and key.isdigit():
                value = value[int(key)] if int(key) < len(value) else None
            elif value is None or isinstance(value, Mapping):
                value = value.get(key) if value else None
            else:
                raise Mismatch(self._full(path), value, f"an object with {key!r}")
            value, secret = _reveal(value, secret, self._full(path))
        return value, secret


def _reveal(value: Any, secret: bool, path: str) -> tuple[Any, bool]:
    """Takes the marks off a value.

    Raises UnknownValueError: it is unknown before apply, or a secret that the state holds encrypted.
    """
    if isinstance(value, Mapping) and value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG:
        if "value" in value:
            return _reveal(value["value"], True, path)
        if "plaintext" in value:
            return _reveal(json.loads(value["plaintext"]), True, path)
        raise UnknownValueError(proxy.UNKNOWN_STRING_VALUE, [path])
    if isinstance(value, str) and value in UNKNOWNS:
        raise UnknownValueError(value, [path])
    return value, secret
