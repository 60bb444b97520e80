"""Exemptions: whether each is valid and still needed."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import STACK, lifecycle


@lifecycle.high(
    STACK,
    reference="https://www.pulumi.com/docs/discovery-governance/policy/policy-packs/",
    fix="Repair, renew or remove the entry of policies/exemptions.yaml that the finding names.",
)
def exemptions_are_in_order(resource: Resource, stack: Stack) -> Iterator[str]:
    """Every exemption is valid, current and needed.

    An exemption that has expired, covers too much, names an unknown rule or no longer exempts anything is a gap
    that nobody decided on. The pack itself reports these, because only it knows which exemptions a run used.
    """
    yield from ()
