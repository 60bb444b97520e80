"""The pack's own settings: whether they name a stack's environment."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import STACK, lifecycle


@lifecycle.medium(
    STACK,
    reference="https://www.pulumi.com/docs/discovery-governance/policy/policy-packs/",
    fix="Add the stack's name or tag to environments in the policy config, under pack-settings.",
)
def pack_settings(resource: Resource, stack: Stack) -> Iterator[str]:
    """The pack's settings say which environment a stack belongs to.

    If environments are configured and none of them names the stack, the strictest levels apply, which is safe but
    may surprise. The pack itself reports this, because only it knows the settings of a run.
    """
    yield from ()
