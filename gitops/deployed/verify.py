"""Whether what was deployed is there and answers: the clouds compared with the state, then the stack's own request.

It is asked after every merge, also where nothing changed, so that a deployment whose check failed stays failed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gitops.checkout.targets import Target
from gitops.deployed import outputs
from gitops.deployed.drift import find_hand_changes, without_autoscaling
from gitops.deployed.invoke import Answer
from gitops.deployed.readback import Clients, find_faults, read_state
from gitops.deployed.readback_azure import Ask, find_azure_faults
from gitops.deployed.smoke import PATIENCE, request_of, smoke
from gitops.engine.pool import OnDone
from gitops.errors import UserError
from gitops.records import Operation, RunError, RunRecord, Status
from gitops.redaction import take_out
from gitops.report.text.words import listing
from gitops.run import Run, perform

SHOWN = 200
"""Characters of an endpoint's answer that are shown where it is a failure."""


@dataclass(frozen=True)
class Verification:
    """What became of one target: `comparison` is the one with the clouds, `faults` what was read back of what serves.

    `answer` is the endpoint's answer to the stack's smoke request, `silence` says why there is none; if both are empty,
    the endpoint was not called.
    """

    target: Target
    comparison: RunRecord
    faults: tuple[str, ...] = ()
    answer: Answer | None = None
    silence: str = ""

    @property
    def reason(self) -> str:
        """Why it is not fine, empty if it is."""
        if self.comparison.error:
            return self.comparison.error.message
        if not self.comparison.steps:
            return "nothing of it is deployed"
        if changes := find_hand_changes(self.comparison):
            return f"not as it was deployed: {listing([step.name for step in changes], limit=5)}"
        if self.faults:
            return f"not as it was declared: {listing(self.faults, limit=5)}"
        if self.answer and not self.answer.fine:
            return f"deployed, but the endpoint answers {self.answer.status}: {self.answer.body[:SHOWN]}"
        return self.silence

    @property
    def fine(self) -> bool:
        return not self.reason

    @property
    def record(self) -> RunRecord:
        """What a report shows."""
        if self.fine or self.comparison.error:
            return self.comparison
        error = RunError(kind="deployment", message=self.reason)
        return self.comparison.model_copy(update={"status": Status.FAILED, "error": error})


def compare(run: Run, targets: Sequence[Target], on_done: OnDone) -> tuple[Verification, ...]:
    """Compares each target with the clouds; no endpoint is called yet."""
    records = perform(run, targets, Operation.DRIFT, on_done)
    return tuple(Verification(target, without_autoscaling(records[target])) for target in targets)


def read_back(run: Run, verified: Verification, clients: Clients, ask: Ask) -> Verification:
    """Adds the faults of the resources that serve; the state says which resources these are."""
    if not verified.fine:
        return verified
    exported = json.loads(outputs.engine_command(run, verified.target, "stack", "export"))
    deployment = exported["deployment"]
    faults = (*find_faults(read_state(deployment), clients), *find_azure_faults(deployment, ask))
    return replace(verified, faults=faults)


def ask_endpoint(
    root: Path,
    verified: Verification,
    exported: Mapping[str, Any],
    secrets: Iterable[str],
    patience: float = PATIENCE,
) -> Verification:
    """Adds the endpoint's answer to the smoke request, if the stack is deployed and has such a request.

    `exported` are the stack's outputs, `secrets` the words that no report may show.
    """
    payload = request_of(root, verified.target) if verified.fine else None
    if payload is None:
        return verified
    how = exported.get("invoke")
    if not isinstance(how, dict):
        silence = "there is a smoke request, but the stack has no output 'invoke'"
        return replace(verified, silence=silence)
    try:
        answer = smoke(how, payload, patience=patience)
    except UserError as error:
        return replace(verified, silence=f"deployed, but {error}")
    body = take_out(answer.body, secrets)
    shown = Answer(answer.status, printable(body), answer.milliseconds)
    return replace(verified, answer=shown)


def printable(text: str) -> str:
    """The text on one line, without control sequences for terminals and logs."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
