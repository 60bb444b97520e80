"""What AWS computes inside what a program gave: the volume of a machine's disk, the group of a cluster's network.

The templates are `nested` in `aws/types/`. That of a list has one item, which stands for each item that is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.template_words import AwsWords
from rehearsal.values import UNKNOWN


def within(template: Mapping[str, Any], given: Mapping[str, Any], words: AwsWords | None) -> dict[str, Any]:
    """The template's values inside the objects that are given; without words everything is unknown."""
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
