"""Outputs that AWS adds inside objects of the program, such as the volume id of a machine's disk.

The templates are the `nested` entries in `aws/types/`. A template of a list has one item, which applies to all items.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.template_words import AwsWords
from rehearsal.values import UNKNOWN


def within(template: Mapping[str, Any], given: Mapping[str, Any], words: AwsWords | None) -> dict[str, Any]:
    """Returns the objects that the program sets, with the template's values. Without words, these are unknown."""
    return {name: _value(inner, given.get(name), words) for name, inner in template.items()}


def _value(template: Any, given: Any, words: AwsWords | None) -> Any:
    if isinstance(template, list):
        return [_value(template[0], item, words) for item in given] if isinstance(given, list) else None
    if isinstance(template, Mapping):
        if not isinstance(given, Mapping):
            return None
        missing = {name: inner for name, inner in template.items() if given.get(name) is None}
        return {name: words.render(inner) if words else UNKNOWN for name, inner in missing.items()}
    return None
