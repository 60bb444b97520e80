"""Auto-naming as in the real providers, but with the same names in every rehearsal.

The engine sends a random seed with every Check. Here the digits come from the resource's URN instead. While a resource
named `web-1a2b3c4` exists, the next one (a replacement, or a new resource after a lost state) gets other digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime.proto.provider_pb2 import CheckRequest

from rehearsal.cloud import Naming
from rehearsal.provider.check_failure import CheckFailure

# The key under which Check lists the inputs that it filled in. The engine and this provider ignore keys like "__…".
DEFAULTS = "__defaults"
_ATTEMPTS = 1000


def name_resource(
    naming: Naming,
    request: CheckRequest,
    inputs: Mapping[str, Any],
    olds: Mapping[str, Any],
    is_taken: Callable[[str], bool],
) -> str | CheckFailure:
    """Returns a name for a resource that the program does not name.

    An existing automatic name is kept. `is_taken` says whether a name exists. A project may set its own pattern
    (`pulumi:autonaming`). Returns a CheckFailure if the project forbids automatic names.
    """
    options = request.autonaming if request.HasField("autonaming") else None
    if options and options.mode == options.DISABLE:
        return CheckFailure(naming.input, "nothing", "a name, because pulumi:autonaming is disabled")
    if is_automatic(naming, olds):
        return olds[naming.input]
    if options:
        return options.proposed_name
    stem = naming.stem(request.name)
    if len(stem) + naming.digits > naming.longest:
        found = f"the name {stem!r} and {naming.digits} digits"
        return CheckFailure(naming.input, found, f"at most {naming.longest} characters; give a shorter name")
    return _free(naming, stem, request.urn, inputs, is_taken)


def is_automatic(naming: Naming, inputs: Mapping[str, Any]) -> bool:
    """Whether the name in the inputs is automatic. Check records that as the bridged providers do (`DEFAULTS`)."""
    return bool(inputs.get(naming.input)) and naming.input in (inputs.get(DEFAULTS) or ())


def _free(naming: Naming, stem: str, urn: str, inputs: Mapping[str, Any], is_taken: Callable[[str], bool]) -> str:
    for attempt in range(_ATTEMPTS):
        digits = hashlib.sha256(f"{urn}\n{naming.input}\n{attempt}".encode()).hexdigest()
        name = naming.make(stem, digits, inputs)
        if not naming.digits or not is_taken(name):
            return name
    raise RuntimeError(f"{urn} has had {_ATTEMPTS} names in these clouds; remove their folder and start again")
