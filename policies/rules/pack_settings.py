"""The pack's own settings: whether they say what a stack is."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import STACK, rule


@rule(
    STACK,
    category="lifecycle",
    severity="medium",
    reference="https://www.pulumi.com/docs/discovery-governance/policy/policy-packs/",
    fix="Add the stack's name or tag to environments in the policy config, under pack-settings.",
)
def pack_settings(resource: Resource, stack: Stack) -> Iterator[str]:
    """The pack's settings say which environment a stack is.

    Where environments are set and none has the stack, it is judged as the strictest, which is safe and may surprise.
    The judge finds this itself, because it alone knows the settings of a run.
    """
    yield from ()
