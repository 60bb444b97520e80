"""Who has the identity that a new resource would get: a cloud refuses it on creation, so a preview can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehearsal.cloud import Cloud, Draft
from rehearsal.inventory import Entry, Inventory
from rehearsal.values import UNKNOWN


def occupant(cloud: Cloud, inventory: Inventory, draft: Draft) -> Entry | None:
    """What exists under the identity of a draft and is not its own earlier self, which a replacement deletes first.

    None where the cloud invents the identity, and where it depends on values that are not known yet.
    """
    identity = foreseen(cloud, draft)
    found = inventory.find(draft.kind.token, draft.scope, identity) if identity else None
    return found if found and found.urn != draft.urn else None


def already_exists(draft: Draft, identity: str) -> str:
    """What the cloud says of it."""
    hint = "give it another name, leave the name to the engine, import it, or give an alias to what was only renamed"
    return f"AlreadyExists: {draft.kind.token} {identity!r} exists in {draft.scope}; {hint}"


def foreseen(cloud: Cloud, draft: Draft) -> str | None:
    """The identity, if it is the same whatever is not known yet turns out to be and however often it is made."""
    guesses = set()
    for generation, word in enumerate(("one", "another")):
        guess = replace(draft, inputs=filled(draft.inputs, word)).seeded(generation)
        try:
            guesses.add(cloud.identity(guess))
        except (AttributeError, KeyError, TypeError, IndexError, ValueError):
            return None  # it is taken out of a structure that is not known yet
    return guesses.pop() if len(guesses) == 1 else None


def filled(value: Any, word: str) -> Any:
    """The value with a word in place of all that is not known."""
    if value is UNKNOWN:
        return word
    if isinstance(value, Mapping):
        return {key: filled(item, word) for key, item in value.items()}
    return [filled(item, word) for item in value] if isinstance(value, list) else value
