"""Operations on a target's state other than deploying. The effects are shown first, and nothing else is done
afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from gitops.checkout.targets import Target
from gitops.deployed import importing, outputs
from gitops.deployed.drift import find_hand_changes, without_autoscaling
from gitops.engine.pool import OnDone
from gitops.engine.start import hash_state
from gitops.errors import Refused, UserError
from gitops.records import Operation, Record, Status
from gitops.run import Run, perform
from gitops.state_locks.release import open_locks, release


class Kind(StrEnum):
    """`refresh` writes into the state what the clouds hold, and forgets what was interrupted; `import` takes into it
    what exists; `forget` takes a resource out of it and leaves it in the cloud; `unlock` takes away a lock that was
    left behind."""

    REFRESH = "refresh"
    IMPORT = "import"
    FORGET = "forget"
    UNLOCK = "unlock"


EXPECTED = {
    Kind.REFRESH: "nothing",
    Kind.IMPORT: importing.EXPECTED,
    Kind.FORGET: "the URN of a resource",
    Kind.UNLOCK: "the lock's id, as `gitops unlock` lists it",
}


class Statement(Record):
    """What an operation would do, or did: `effects` are sentences, `state` and `after` hashes of the target's state.

    `backend`, `accounts` and `commit` are as in a review's circumstances; `actor` and `run` are GitHub's, empty on a
    laptop; `when` is in UTC.
    """

    kind: Kind
    target: str
    argument: str
    effects: tuple[str, ...]
    state: str
    commit: str = ""
    backend: str = ""
    accounts: str = ""
    actor: str = ""
    run: str = ""
    when: str = ""
    after: str = ""

    def markdown(self) -> str:
        """For a job's summary. Everything that came from outside is indented code."""
        title = f"## {'Done' if self.after else 'To be approved'}: {self.kind} of {self.target}\n\n"
        rows = self.model_dump(mode="json", exclude={"effects", "kind", "target"})
        lines = [*(f"{name}: {value}" for name, value in rows.items() if value), "", *(self.effects or ("no effect",))]
        return title + "".join(f"    {' '.join(line.split())}\n" for line in lines)


def describe(
    run: Run, kind: Kind, target: Target, argument: str, address: str, now: datetime, on_done: OnDone
) -> Statement:
    """What the operation would do now. Raises `UserError` if it cannot be done, `Refused` if it must not be."""
    deployment = export(run, target)
    match kind:
        case Kind.REFRESH:
            effects = (*describe_refresh(run, target, on_done), *describe_interrupted(deployment))
        case Kind.IMPORT:
            effects = importing.describe(run, target, argument, deployment)
        case Kind.FORGET:
            effects = describe_forgetting(deployment, argument)
        case Kind.UNLOCK:
            effects = tuple(lock.describe(now) for lock in open_locks(address, target).read() if lock.id == argument)
            if not effects:
                raise Refused(f"no lock {argument!r}", where=str(target), hint="See `gitops unlock`.")
    return Statement(kind=kind, target=str(target), argument=argument, effects=effects, state=hash_state(deployment))


def export(run: Run, target: Target) -> Mapping[str, Any]:
    return json.loads(outputs.engine_command(run, target, "stack", "export")).get("deployment") or {}


def describe_refresh(run: Run, target: Target, on_done: OnDone) -> tuple[str, ...]:
    record = perform(run, [target], Operation.DRIFT, on_done)[target]
    if record.status is Status.FAILED:
        raise UserError(record.error.message if record.error else "cannot be compared", where=str(target))
    return tuple(
        f"{step.op} {step.type} {step.name}: {', '.join(diff.path for diff in step.diffs) or 'as a whole'}"
        for step in find_hand_changes(without_autoscaling(record))
    )


def describe_interrupted(deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """What an update was creating when it was killed. Nobody knows whether the cloud has it.

    The engine warns of it in every update until somebody has looked (`printPendingOperationsWarning`,
    https://github.com/pulumi/pulumi/blob/v3.257.0/pkg/resource/deploy/deployment_executor.go).
    """
    made = {resource["urn"] for resource in deployment.get("resources", ())}
    noted = deployment.get("pending_operations") or ()
    urns = dict.fromkeys(noting["resource"]["urn"] for noting in noted if noting["type"] == "creating")
    return tuple(
        f"forget that the creation of {urn} was interrupted: "
        + ("it has been made since" if urn in made else "check whether the cloud has it, and import it if you need it")
        for urn in urns
    )


def describe_forgetting(deployment: Mapping[str, Any], urn: str) -> tuple[str, ...]:
    """Raises `Refused` for a resource that others need: they would point to nothing."""
    resources = {resource["urn"]: resource for resource in deployment.get("resources", ())}
    if urn not in resources:
        raise Refused(f"no resource {urn!r} in the state", hint="Give its whole URN, as a report's record has it.")
    needing = [other for other, resource in resources.items() if urn in needs(resource)]
    if needing:
        raise Refused(f"needed by {', '.join(needing[:5])}", where=urn, hint="Remove those from the state first.")
    return (f"forget {urn}, which stays in the cloud as {resources[urn].get('id') or 'a component'}",)


def needs(resource: Mapping[str, Any]) -> set[str]:
    provider = str(resource.get("provider") or "").rpartition("::")[0]
    return {*(resource.get("dependencies") or ()), str(resource.get("parent")), provider}


def refuse_another(shown: Statement, now: Statement) -> str:
    """The difference between the approved effects and the present ones; empty if there is none."""
    for name in ("kind", "target", "argument", "state", "commit", "backend", "accounts", "run"):
        if getattr(shown, name) != getattr(now, name):
            return f"another {name} was approved: {getattr(shown, name)!r}, here it is {getattr(now, name)!r}"
    # a lock's age is told as well, and grows
    if now.kind is not Kind.UNLOCK and shown.effects != now.effects:
        return f"other effects were approved: {'; '.join(shown.effects) or 'none'}"
    return ""


def do(run: Run, statement: Statement, target: Target, address: str, on_done: OnDone) -> None:
    """Raises `UserError` where it fails."""
    match statement.kind:
        case Kind.REFRESH:
            record = perform(run, [target], Operation.REFRESH, on_done)[target]
            if record.error:
                raise UserError(record.error.message, where=str(target), hint=record.error.hint)
        case Kind.IMPORT:
            importing.import_resource(run, target, statement.argument, export(run, target), "--yes", "--skip-preview")
        case Kind.FORGET:
            outputs.engine_command(run, target, "state", "delete", statement.argument, "--yes")
        case Kind.UNLOCK:
            release(open_locks(address, target), statement.argument)
