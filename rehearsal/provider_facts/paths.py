"""Property paths as the engine writes them: `vpcConfig.subnets[0]`, `tags["cost-center"]`."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_SEGMENT = re.compile(r"""\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]]+)""")


@lru_cache(maxsize=4096)
def names(path: str) -> tuple[str, ...]:
    """The property names on a path; list indices are left out, quoted map keys are names.

    >>> names('productionVariants[0].instanceType')
    ('productionVariants', 'instanceType')
    """
    return tuple(quoted or name for quoted, _index, name in _SEGMENT.findall(path) if quoted or name)


def covers(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a pattern names the path itself or something that encloses it."""
    return path[: len(pattern)] == pattern


def join(path: str, name: str) -> str:
    """The path of a property inside `path`; a name that is no identifier is quoted, as the engine does."""
    if not re.fullmatch(r"[\w-]+", name):
        return f"{path}[{json.dumps(name)}]"
    return f"{path}.{name}" if path else name
