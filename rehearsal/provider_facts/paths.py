"""Property paths as the engine writes them: `vpcConfig.subnets[0]`, `tags["cost-center"]`."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_SEGMENT = re.compile(r"""\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]]+)""")


@lru_cache(maxsize=4096)
def names(path: str) -> tuple[str, ...]:
    """Returns the names on a path. List indices are left out, and quoted map keys count as names.

    >>> names('productionVariants[0].instanceType')
    ('productionVariants', 'instanceType')
    """
    return tuple(quoted or name for quoted, _index, name in _SEGMENT.findall(path) if quoted or name)


def covers(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a pattern matches the path itself or an enclosing path."""
    return path[: len(pattern)] == pattern


def join(path: str, name: str) -> str:
    """Returns the path of property `name` in `path`. A name that is not an identifier is quoted, as by the engine."""
    if not re.fullmatch(r"[\w-]+", name):
        return f"{path}[{json.dumps(name)}]"
    return f"{path}.{name}" if path else name
