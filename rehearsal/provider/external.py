"""Things of others that a program reads by id (`.get`) or imports: assumed to exist, as look-ups assume them.

Nobody here made them, so they are as their id says, and for an import as the program describes them: what it gives is
never a difference. From then on the inventory holds them, and they can be updated, deleted and lost like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.cloud import Cloud, Draft
from rehearsal.inventory import Entry
from rehearsal.provider import outputs as answers
from rehearsal.sdk.package import ResourceType

_ASSUMED = "__assumed"


def assume(
    cloud: Cloud, kind: ResourceType, urn: str, scope: str, config: Mapping[str, Any], identity: str
) -> Entry | None:
    """What an inventory would hold of it, or None where nobody else could have made it (a random value)."""
    told = cloud.told_by_id(kind, identity)
    if told is None:
        return None
    draft = Draft(kind, urn, urn.rsplit("::", 1)[-1], told, scope, config).seeded(0)
    outputs = answers.apply(cloud, draft, identity)
    return Entry(kind.token, scope, identity, urn, draft.seed, {**told, _ASSUMED: True}, outputs)


def is_assumed(inputs: Mapping[str, Any]) -> bool:
    """Whether these are the inputs of something that nobody here made or changed."""
    return inputs.get(_ASSUMED) is True
