"""Names as the SDK generator writes them: `snake_case` in Python, camelCase on the wire."""

from __future__ import annotations

import re


def snake_case(name: str) -> str:
    """`getAMIIds` → `get_ami_ids`, as the SDK generator names Python modules."""
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


def camel_case(name: str) -> str:
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
