"""Secrets in what goes over the wire to the engine, and the words in them that no report may show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

SIGNATURE, SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How a secret is marked on the wire: pulumi/sdk/go/common/resource/sig."""
SHORTEST, SHORTEST_OF_MANY = 4, 12
"""Shorter words cannot be taken out: `no` is everywhere, and a region in an object that is secret as a whole."""


def find_secrets(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and plain value of every secret in properties as they go over the wire, the outermost of nested ones."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            yield path, value.get("value")
            return
        for key in sorted(value):
            yield from find_secrets(value[key], f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_secrets(item, f"{path}[{index}]")


def words_of(value: Any, shortest: int) -> Iterator[str]:
    """The strings in a secret that are long enough to be looked for."""
    if isinstance(value, dict):
        for item in value.values():
            yield from words_of(item, shortest)
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item, shortest)
    elif isinstance(value, str) and len(value) >= shortest and value not in (SIGNATURE, SECRET_SIGNATURE):
        yield value


def words_in_the_plain(value: Any) -> Iterator[str]:
    """The strings in properties as they go over the wire that no secret is around."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and value.get(SIGNATURE) != SECRET_SIGNATURE:
        for item in value.values():
            yield from words_in_the_plain(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_in_the_plain(item)


def parse(text: str | None) -> Any:
    """A config value as the program sees it: an object where it is JSON, else the text."""
    try:
        return json.loads(text or "")
    except ValueError:
        return text
