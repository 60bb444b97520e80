"""What AWS answers when a program asks: facts of the account first, then lookups; everything else is refused."""

from __future__ import annotations

from typing import Any

from gitops.rehearsal.answers import finish, refuse_unknown
from gitops.rehearsal.aws.assumed import ASSUMED
from gitops.rehearsal.aws.facts_of_account import FACTS
from gitops.rehearsal.aws.lookups import look_up
from gitops.rehearsal.cloud import Call


def answer(call: Call) -> dict[str, Any]:
    """Raises CloudError for a function that the rehearsal does not know and that finds nothing in the inventory."""
    fact = FACTS.get(call.kind.token)
    found = fact(call) if fact else look_up(call)
    if found is None:
        raise refuse_unknown(call, {**FACTS, **ASSUMED})
    return finish(call, found)
