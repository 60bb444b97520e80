"""Updates that the provider calls a success and after which the old resource runs: SageMaker, ECS."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gitops.engine.steps import clean, resource_type
from gitops.records import SECRET, RunError


def find_turned_back(deployment: Mapping[str, Any], updated: Collection[str]) -> RunError | None:
    """An error that names what is otherwise than asked for, in a state after an update; `updated` are its URNs.

    For the rehearsal clouds, which answer an input as it was given; a real one may write it in another way.
    """
    diffs = [
        f"{resource_type(state['urn'])} '{state['urn'].rsplit('::', 1)[-1]}': {name} is {held!r}, expected {wanted!r}"
        for state in deployment.get("resources") or ()
        if state["urn"] in updated
        for name, wanted in clean(state.get("inputs") or {}).items()
        if isinstance(wanted, str | int) and wanted != SECRET
        for held in [(state.get("outputs") or {}).get(name)]
        if isinstance(held, type(wanted)) and held != wanted
    ]
    if not diffs:
        return None
    message = f"the cloud turned the update back: {'; '.join(diffs)}"
    return RunError(kind="deployment", message=message, hint="The old version runs. Find out why, and update again.")
