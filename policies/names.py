"""Physical names: whether the program chose one for good, or the engine chooses a new one for each replacement."""

from __future__ import annotations

import re

from .properties import DEFAULTS
from .resources import Resource

# what changes with the content: a hash, a date, a version, as in `model-3f9a2b1c`, `config-20260131` and `ranker-v7`
CHANGING = re.compile(r"[-_.]((?=[0-9a-f]*\d)[0-9a-f]{6,}|v\d+)([-_.]|$)", re.IGNORECASE)


def chosen_by_the_program(resource: Resource, path: str) -> bool:
    """Whether the name at `path` stays the same for a replacement.

    Providers note which names were chosen for the program, whatever pattern the project's autonaming has; where the
    note is missing, the engine's own pattern tells. A name that ends in a hash or a date is another one each time.
    """
    if not resource.known(path) or not (name := resource.text(path)) or resource.has(f"{path}Prefix"):
        return False
    noted = resource.raw.get(DEFAULTS)
    if isinstance(noted, list) and path in noted:
        return name == resource.name  # a pattern without anything random in it
    return not resource.auto_named(name) and not CHANGING.search(name)
