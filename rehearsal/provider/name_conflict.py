"""Name conflicts. A cloud refuses to create a resource whose identity exists, so a preview can report it early."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rehearsal.cloud import Cloud, PlannedResource
from rehearsal.inventory import Entry, Inventory
from rehearsal.values import UNKNOWN, map_inside


def find_conflict(cloud: Cloud, inventory: Inventory, planned: PlannedResource) -> Entry | None:
    """Returns the existing resource that has the planned resource's identity.

    Returns None if there is none, if the cloud generates the identity, if the identity depends on unknown values, or if
    the existing resource is the planned one's former version, which is deleted first.
    """
    identity = foresee_identity(cloud, planned)
    holder = inventory.find(planned.kind.token, planned.scope, identity) if identity else None
    return holder if holder and holder.urn != planned.urn else None


def already_exists(planned: PlannedResource, identity: str, holder: Entry | None) -> str:
    """Returns the cloud's error message, with the holder of the identity and what the reader can do."""
    hint = "give it another name, leave the name to the engine, import it, or give an alias to what was only renamed"
    held = f", held by {describe_holder(holder.urn)}" if holder else ""
    return f"AlreadyExists: {planned.kind.token} {identity!r} exists in {planned.scope}{held}; {hint}"


def describe_holder(urn: str) -> str:
    """Returns the resource and its target, such as `'models' of web/dev`; the URN itself if it cannot be split."""
    match urn.removeprefix("urn:pulumi:").split("::"):
        case [environment, project, _, *name] if name:
            return f"{'::'.join(name)!r} of {project}/{environment}"
    return urn


def foresee_identity(cloud: Cloud, planned: PlannedResource) -> str | None:
    """Returns the identity if it depends on no unknown value and is the same on every creation; else None."""
    guesses = set()
    for generation, word in enumerate(("one", "another")):
        guess = replace(planned, inputs=fill_unknowns(planned.inputs, word)).with_seed(generation)
        try:
            guesses.add(cloud.identity(guess))
        except (AttributeError, KeyError, TypeError, IndexError, ValueError):
            return None  # the identity is a part of an unknown value
    return guesses.pop() if len(guesses) == 1 else None


def fill_unknowns(value: Any, word: str) -> Any:
    """Returns the value with `word` in place of unknown values, at any depth."""
    return word if value is UNKNOWN else map_inside(value, lambda item: fill_unknowns(item, word))
