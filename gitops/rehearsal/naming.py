"""Auto-naming as the engine's providers do it, but the same in every rehearsal.

The engine sends a random seed with every Check; here the digits come from the resource's URN instead, and from what
exists already: while something is called `web-1a2b3c4`, the next one (a replacement, or a new start after a lost
state) gets other digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime.proto.provider_pb2 import CheckRequest

from gitops.rehearsal.cloud import Naming
from gitops.rehearsal.refusal import Refusal

_ATTEMPTS = 1000


def name_resource(
    naming: Naming,
    request: CheckRequest,
    inputs: Mapping[str, Any],
    olds: Mapping[str, Any],
    taken: Callable[[str], bool],
) -> str | Refusal:
    """The name for a resource whose program gives none.

    The old name stays while it is one that this rule made; `taken` tells which names exist. A project may set its own
    pattern (`pulumi:autonaming`), or forbid automatic names, which is the refusal.
    """
    options = request.autonaming if request.HasField("autonaming") else None
    if options and options.mode == options.DISABLE:
        return Refusal(naming.property, "nothing", "a name, because pulumi:autonaming is disabled")
    old = olds.get(naming.property)
    if isinstance(old, str) and old and (options is not None or naming.made(request.name, old) or not naming.digits):
        return old
    if options:
        return options.proposed_name
    prefix = inputs.get(f"{naming.property}Prefix")
    stem = prefix if isinstance(prefix, str) else naming.stem(request.name)
    if len(stem) + naming.digits > naming.longest:
        found = f"the name {stem!r} and {naming.digits} digits"
        return Refusal(naming.property, found, f"at most {naming.longest} characters; give a shorter name")
    return _free(naming, stem, request.urn, inputs, taken)


def _free(naming: Naming, stem: str, urn: str, inputs: Mapping[str, Any], taken: Callable[[str], bool]) -> str:
    for attempt in range(_ATTEMPTS):
        digits = hashlib.sha256(f"{urn}\n{naming.property}\n{attempt}".encode()).hexdigest()
        name = naming.make(stem, digits, inputs)
        if not naming.digits or not taken(name):
            return name
    raise RuntimeError(f"{urn} has had {_ATTEMPTS} names in these clouds; remove their folder and start again")
