"""Answers to AWS function calls: facts about the account first, then lookups. Everything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws import (
    account_answers,
    arns,
    catalogue_answers,
    databases,
    machines,
    organization_answers,
    service_answers,
)
from rehearsal.aws.external import EXTERNAL
from rehearsal.aws.lookups import Made, answer_from_file, look_up
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer, finish, refuse_unknown

FACTS: Mapping[str, Answer] = {
    **arns.FACTS,
    **databases.FACTS,
    **account_answers.FACTS,
    **catalogue_answers.FACTS,
    **organization_answers.FACTS,
    **service_answers.FACTS,
    **machines.FACTS,
}


def answer(call: Call, made: Made) -> dict[str, Any]:
    """Returns the function's result. `made` describes an external resource, which is assumed to exist.

    Raises CloudError for a function that the rehearsal does not know and that finds nothing in the inventory.
    """
    fact = FACTS.get(call.kind.token)
    result = fact(call) if fact else answer_from_file(call, "answers") or look_up(call, made)
    if result is None:
        raise refuse_unknown(call, {*FACTS, *EXTERNAL})
    return finish(call, result)
