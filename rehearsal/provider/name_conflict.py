"""Name conflicts: an identity that exists already is refused on creation, so a preview can say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rehearsal.cloud import Cloud, PlannedResource
from rehearsal.inventory import Entry, Inventory
from rehearsal.values import UNKNOWN, map_inside


def find_conflict(cloud: Cloud, inventory: Inventory, planned: PlannedResource) -> Entry | None:
    """The other resource that has a planned resource's identity.

    None if the cloud invents the identity, if it depends on unknown values, or if the other one is the resource's own
    former version, which is deleted first.
    """
    identity = foresee_identity(cloud, planned)
    holder = inventory.find(planned.kind.token, planned.scope, identity) if identity else None
    return holder if holder and holder.urn != planned.urn else None


def already_exists(planned: PlannedResource, identity: str, holder: Entry | None) -> str:
    """The cloud's error message, with who holds the identity and the ways out."""
    hint = "give it another name, leave the name to the engine, import it, or give an alias to what was only renamed"
    held = f", held by {describe_holder(holder.urn)}" if holder else ""
    return f"AlreadyExists: {planned.kind.token} {identity!r} exists in {planned.scope}{held}; {hint}"


def describe_holder(urn: str) -> str:
    """`'models' of web/dev`: the resource and its target; the URN itself where it has no such parts."""
    match urn.removeprefix("urn:pulumi:").split("::"):
        case [environment, project, _, *name] if name:
            return f"{'::'.join(name)!r} of {project}/{environment}"
    return urn


def foresee_identity(cloud: Cloud, planned: PlannedResource) -> str | None:
    """The identity, if it does not depend on unknown values and is the same on every creation; else None."""
    guesses = set()
    for generation, word in enumerate(("one", "another")):
        guess = replace(planned, inputs=fill_unknowns(planned.inputs, word)).with_seed(generation)
        try:
            guesses.add(cloud.identity(guess))
        except (AttributeError, KeyError, TypeError, IndexError, ValueError):
            return None  # it is taken out of a structure that is not known yet
    return guesses.pop() if len(guesses) == 1 else None


def fill_unknowns(value: Any, word: str) -> Any:
    """The value, with a word in place of everything unknown."""
    return word if value is UNKNOWN else map_inside(value, lambda item: fill_unknowns(item, word))
