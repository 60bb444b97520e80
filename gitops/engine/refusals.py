"""What the clouds would refuse of a whole program, asked of the rehearsal's judge when a preview has ended.

A provider sees one resource at a time; how resources go together only the end of a preview shows.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gitops.engine.job import Job
from gitops.engine.listen import Listener
from gitops.engine.steps import clean, label
from gitops.records import SECRET, Diagnostic, Op, Operation, RunError, Step

Refusal = Mapping[str, str]


def judge(job: Job, printed: str, steps: Sequence[Step], listener: Listener) -> RunError | None:
    """Combinations of resources that the clouds would refuse, in a preview or a project's state, and reverted updates.

    A stack of the checkout was judged when it was previewed; after its update only reverted updates are searched.
    """
    if not job.judge or not printed:
        return None
    updated = [step.urn for step in steps if step.op is Op.UPDATE]
    kept = find_turned_back(json.loads(printed), updated) if job.operation is Operation.UPDATE else None
    if job.operation is Operation.UPDATE and not job.project:
        return kept
    answer, warning = ask(job.judge, printed, seconds=job.seconds)
    listener.diagnostics += [warning] if warning else []
    return explain(answer, steps) or kept


def ask(address: str, printed: str, *, seconds: float) -> tuple[list[Refusal], Diagnostic | None]:
    """The refusals for a preview's JSON (or a state's), or a warning that the judge failed."""
    connection = http.client.HTTPConnection(address, timeout=seconds)
    try:
        connection.request("POST", "/", printed.encode())
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status == http.client.OK:
            return json.loads(body), None
    except (OSError, http.client.HTTPException) as error:
        body = f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    message = f"the resources were not judged together: {body.strip().splitlines()[-1] if body.strip() else body}"
    return [], Diagnostic(severity="warning", message=message)


def explain(refusals: Sequence[Refusal], steps: Sequence[Step]) -> RunError | None:
    """The refusals as one error at the line of the first; None where there is none."""
    if not refusals:
        return None
    declared: dict[str, Any] = {step.urn: step for step in steps}
    sentences = dict.fromkeys(
        f"{label(refusal['urn'])}: {refusal['path']}: {refusal['message']} ({cite(refusal)})" for refusal in refusals
    )
    first = next((declared[refusal["urn"]] for refusal in refusals if refusal["urn"] in declared), None)
    return RunError(
        kind="provider",
        message="; ".join(sentences),
        hint="The cloud would refuse this: change the property in the stack's code or config.",
        source=first.source if first else None,
    )


def cite(refusal: Refusal) -> str:
    return f"{refusal['rule']}, {refusal['source']}"


def find_turned_back(deployment: Mapping[str, Any], updated: Collection[str]) -> RunError | None:
    """What is otherwise than asked for after an update that the provider calls a success, as SageMaker's and ECS's may
    be; `updated` are URNs of the state `deployment`.

    For the rehearsal clouds, which answer an input as it was given; a real one may write it in another way.
    """
    diffs = [
        f"{label(state['urn'])}: {name} is {held!r}, expected {wanted!r}"
        for state in deployment.get("resources") or ()
        if state["urn"] in updated
        for name, wanted in clean(state.get("inputs") or {}).items()
        if isinstance(wanted, str | int) and wanted != SECRET
        for held in [(state.get("outputs") or {}).get(name)]
        if isinstance(held, type(wanted)) and held != wanted
    ]
    if not diffs:
        return None
    message = f"the cloud reverted the update: {'; '.join(diffs)}"
    return RunError(kind="deployment", message=message, hint="The old version runs. Find out why, and update again.")
