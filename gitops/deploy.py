"""Applying what was shown, or nothing: preview again, compare with what was reviewed, apply, compare what was done.

A run is all or nothing up to the first apply: if one of its targets is refused, none is applied, because they were
reviewed as one change. In the workflow a run has one target, or those that read each other's outputs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitops.checkout.targets import Target
from gitops.deployed.drift import look_for_drift
from gitops.digest import QUIET, change_digest, find_made_names, without_made_names
from gitops.engine.pool import OnDone
from gitops.records import REFUSED, Level, Op, Operation, RunError, RunRecord, Status, Step, is_settled
from gitops.report.text.words import listing
from gitops.retire import refuse_what_is_read
from gitops.run import Run, complete, perform, serve_clouds


@dataclass(frozen=True)
class Limits:
    """Seconds that each run of one target may take; the update is two regions' updates, one after the other.

    The job that deploys and its credentials last longer than all of them (.github/workflows/deploy-environment.yml).
    """

    preview: float = 600
    drift: float = 600
    update: float = 6600


LIMITS = Limits()


@dataclass(frozen=True)
class Deployment:
    """What became of one target: `refusal` says why nothing was touched, `applied` what the engine did."""

    target: Target
    previewed: RunRecord
    refusal: str = ""
    applied: RunRecord | None = None
    mismatch: str = ""

    @property
    def record(self) -> RunRecord:
        """What a report shows: what was done, or what would have been, and why it is not fine."""
        shown = self.applied or self.previewed
        error = shown.error
        if self.refusal:
            kept = {"source": error.source, "hint": error.hint} if error else {}
            error = RunError(kind=REFUSED, message=self.refusal, **kept)
        elif self.reason and not error:
            error = RunError(kind="deployment", message=self.reason)
        status = Status.FAILED if error else shown.status
        return shown.model_copy(update={"operation": Operation.UPDATE, "status": status, "error": error})

    @property
    def fine(self) -> bool:
        done = self.applied is not None and self.applied.status is Status.SUCCEEDED
        return done and not self.refusal and not self.mismatch

    @property
    def reason(self) -> str:
        """Why it is not fine, empty if it is."""
        if self.refusal or self.mismatch:
            return self.refusal or self.mismatch
        return self.applied.error.message if self.applied and self.applied.error else ""


def deploy(
    run: Run,
    targets: Sequence[Target],
    reviewed: Mapping[str, RunRecord] | None,
    watch: Callable[[Operation], OnDone],
    waves: Sequence[Sequence[Target]] = (),
    session: float = math.inf,
) -> tuple[Deployment, ...]:
    """Deploys the targets of one environment. `reviewed` has the records a reviewer saw, by target; None: no review.

    `watch` gives what hears of each target that one operation has ended for. `waves` are the targets in the order in
    which they are applied, all at once if none are given; a wave is left out when one before it failed. `session` is
    for how many seconds from now the state can be written: an update is interrupted before that, as it then can still
    be stored what was made.
    """
    ends = time.monotonic() + session
    run = replace(run, bound=True)
    run.pool.warm_up({target.stack for target in targets})
    with serve_clouds(run) as served:
        previewing = replace(served, seconds=min(run.seconds, LIMITS.preview))
        shown = perform(previewing, targets, Operation.PREVIEW, watch(Operation.PREVIEW))
        previewed = {target: complete(run.root, target, record) for target, record in shown.items()}
        previewed = refuse_what_is_read(previewed, run.retired)
        if reviewed is not None:
            previewed = look_for_drift(previewing, targets, watch(Operation.DRIFT), previewed)
        refused = {target: refusal(record, reviewed) for target, record in previewed.items()}
        if any(refused.values()):
            return tuple(Deployment(t, previewed[t], refused[t] or "another target was refused") for t in targets)
        states = {target: record.state for target, record in previewed.items()}
        done: dict[Target, RunRecord] = {}
        for wave in waves or (targets,):
            if any(record.error for record in done.values()):
                break
            applying = replace(served, seconds=limit_update(run.seconds, ends - time.monotonic()))
            done |= perform(applying, wave, Operation.UPDATE, watch(Operation.UPDATE), states)
    applied = {target: complete(run.root, target, record) for target, record in done.items()}
    return tuple(conclude(target, previewed[target], applied.get(target)) for target in targets)


def limit_update(seconds: float, left: float) -> float:
    """Seconds for an update: what it was given, or what is left of the session; never none, which would be no limit."""
    return max(1, min(seconds, left))


def conclude(target: Target, previewed: RunRecord, applied: RunRecord | None) -> Deployment:
    if applied is None:
        return Deployment(target, previewed, "a target whose outputs it reads could not be deployed")
    return Deployment(target, previewed, applied=applied, mismatch=mismatch(previewed, applied))


def refusal(record: RunRecord, reviewed: Mapping[str, RunRecord] | None) -> str:
    """Why this change must not be applied, empty if it may."""
    if record.status is Status.FAILED:
        return f"the preview failed: {record.error.message if record.error else 'no reason given'}"
    mandatory = sorted({f.rule for f in record.findings if f.level is Level.MANDATORY})
    if mandatory:
        return f"mandatory findings: {', '.join(mandatory)}"
    if reviewed is None:
        return ""
    seen = reviewed.get(record.target)
    if seen is None:
        return "this target was not part of the review"
    if seen.rehearsal is not record.rehearsal:
        seen_clouds, here = ("rehearsal", "real") if seen.rehearsal else ("real", "rehearsal")
        return f"the review is of {seen_clouds} clouds, this deployment is in {here} ones"
    if change_digest(seen) != change_digest(record):
        return f"not what was reviewed: {difference(seen, record)}; preview again and have the new preview reviewed"
    if seen.state != record.state:
        return "the state changed since the review; preview again and have the new preview reviewed"
    return ""


def difference(seen: RunRecord, now: RunRecord) -> str:
    """The resources that the review showed otherwise, the first five by name."""

    def changes(record: RunRecord) -> dict[str, object]:
        steps = (*record.steps, *record.providers, *record.drift)
        return {s.urn: (s.op, s.diffs, s.inputs, s.deletes_first, s.retained) for s in steps if s.op is not Op.SAME}

    before, after = changes(seen), changes(now)
    moved = {urn for urn in before.keys() | after.keys() if before.get(urn) != after.get(urn)}
    for name in seen.secrets.keys() | now.secrets.keys():
        if seen.secrets.get(name) != now.secrets.get(name):
            moved.add(name.split(" ")[0])
    names = sorted({urn.rsplit("::", 1)[-1] for urn in moved})
    return listing(names, limit=5) or "the same resources in another way"


def mismatch(previewed: RunRecord, applied: RunRecord) -> str:
    """What was done otherwise than shown: resources, their properties, outputs the preview knew; empty if all is as
    shown. What the preview could not know is not compared."""
    if applied.status is Status.FAILED:
        return ""
    return listing(tuple(mismatches(with_plain_names(previewed), with_plain_names(applied))), limit=10)


def with_plain_names(record: RunRecord) -> RunRecord:
    """The record with one word for what a provider's own name ends with, which is another one in each run."""
    names = find_made_names(record)
    return RunRecord.model_validate_json(without_made_names(record.model_dump_json(), names)) if names else record


def mismatches(previewed: RunRecord, applied: RunRecord) -> Iterator[str]:
    shown, done = steps_by_urn(previewed), steps_by_urn(applied)
    for urn in sorted(shown.keys() | done.keys()):
        before, after = shown.get(urn), done.get(urn)
        ops = before.op if before else Op.SAME, after.op if after else Op.SAME
        name = urn.rsplit("::", 1)[-1]
        if not as_shown(*ops):
            yield f"{name}: shown {ops[0]}, done {ops[1]}"
        elif before and after and ops[1] not in QUIET:
            yield from (f"{name}: {text}" for text in compare_values(before.inputs, after.inputs))
    for name, value in previewed.secrets.items():
        if is_settled(value) and applied.secrets.get(name) != value:
            yield f"{name.split(' ')[0].rsplit('::', 1)[-1]}: the secret {name.split(' ')[1]} is another one"
    for name, value in previewed.outputs.items():
        yield from (f"output {text}" for text in compare_values(value, applied.outputs.get(name), name))


def compare_values(shown: Any, done: Any, path: str = "") -> Iterator[str]:
    """A sentence for each property whose shown value was known and whose value is another one."""
    if isinstance(shown, dict) and isinstance(done, dict):
        for key in sorted(shown.keys() | done.keys()):
            yield from compare_values(shown.get(key), done.get(key), f"{path}.{key}" if path else key)
    elif isinstance(shown, list) and isinstance(done, list) and len(shown) == len(done):
        for index, (before, after) in enumerate(zip(shown, done, strict=True)):
            yield from compare_values(before, after, f"{path}[{index}]")
    elif is_settled(shown) and shown != done:
        yield f"{path} shown {shown!r}, done {done!r}"


def steps_by_urn(record: RunRecord) -> dict[str, Step]:
    return {step.urn: step for step in (*record.steps, *record.providers) if step.op is not Op.READ}


def as_shown(shown: Op, done: Op) -> bool:
    """An update that turns out to change nothing is less than was shown: a value was not yet known, and is the same."""
    return done is shown or (shown in (Op.UPDATE, Op.REPLACE) and done in (Op.SAME, Op.UPDATE))
