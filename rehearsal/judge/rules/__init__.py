"""The rules by cloud and service; importing this package lists them all (`rehearsal.judge.refusal.RULES`).

A rule is a generator: it takes a resource, and its program where it follows references, and yields the path of a
property and what the cloud says of it, in the cloud's own words where they are known. It judges only what is known.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
