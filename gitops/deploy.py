"""Applying what was shown, or nothing: preview again, compare with what was reviewed, apply, compare what was done.

An environment is all or nothing up to the first apply: one target that is refused stops all of them, because a merge
was reviewed as one change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gitops.engine.pool import OnDone
from gitops.errors import UserError
from gitops.invoke import Answer
from gitops.records import REFUSED, Level, Op, Operation, RunError, RunRecord, Status, settled
from gitops.report.text.words import listing
from gitops.run import Run, complete, perform, serve_clouds
from gitops.smoke import PATIENCE, request_file, smoke
from gitops.targets import Target


@dataclass(frozen=True)
class Deployment:
    """What became of one target: `refusal` says why nothing was touched, `applied` what the engine did.

    `answer` is the endpoint's to the stack's smoke request, `silence` why there is none; both empty: not asked.
    """

    target: Target
    previewed: RunRecord
    refusal: str = ""
    applied: RunRecord | None = None
    mismatch: str = ""
    answer: Answer | None = None
    silence: str = ""

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
    def applied_as_shown(self) -> bool:
        done = self.applied is not None and self.applied.status is Status.SUCCEEDED
        return done and not self.refusal and not self.mismatch

    @property
    def fine(self) -> bool:
        return self.applied_as_shown and not self.silence and (self.answer is None or self.answer.fine)

    @property
    def reason(self) -> str:
        """Why it is not fine, empty if it is."""
        if self.refusal or self.mismatch or self.silence:
            return self.refusal or self.mismatch or self.silence
        if self.applied and self.applied.error:
            return self.applied.error.message
        if self.answer and not self.answer.fine:
            return f"deployed, but the endpoint answers {self.answer.status}: {self.answer.body[:200]}"
        return ""


def deploy(
    run: Run,
    targets: Sequence[Target],
    reviewed: Mapping[str, RunRecord] | None,
    watch: Callable[[Operation], OnDone],
) -> tuple[Deployment, ...]:
    """Deploys the targets of one environment. `reviewed` has the records a reviewer saw, by target; None: no review.

    `watch` gives what hears of each target that one operation has ended for.
    """
    run.pool.warm_up({target.stack for target in targets})
    with serve_clouds(run) as served:
        shown = perform(served, targets, Operation.PREVIEW, watch(Operation.PREVIEW))
        previewed = {target: complete(run.root, target, record) for target, record in shown.items()}
        refused = {target: refusal(record, reviewed) for target, record in previewed.items()}
        if any(refused.values()):
            return tuple(Deployment(t, previewed[t], refused[t] or "another target was refused") for t in targets)
        done = perform(served, targets, Operation.UPDATE, watch(Operation.UPDATE))
    applied = {target: complete(run.root, target, record) for target, record in done.items()}
    return tuple(
        Deployment(t, previewed[t], applied=applied[t], mismatch=mismatch(previewed[t], applied[t])) for t in targets
    )


def ask_endpoint(root: Path, deployment: Deployment, patience: float = PATIENCE) -> Deployment:
    """The deployment with its endpoint's answer to the stack's smoke request, if the stack has one."""
    file = request_file(root, deployment.target)
    if not deployment.applied_as_shown or not file.is_file():
        return deployment
    how = deployment.applied.outputs.get("invoke") if deployment.applied else None
    if not isinstance(how, dict):
        return replace(deployment, silence=f"there is a {file.name}, but the stack has no output 'invoke'")
    try:
        return replace(deployment, answer=smoke(how, file.read_bytes(), patience=patience))
    except UserError as error:
        return replace(deployment, silence=f"deployed, but {error}")


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
    if seen.digest != record.digest:
        return f"not what was reviewed: {difference(seen, record)}; preview again and have that reviewed"
    return ""


def difference(seen: RunRecord, now: RunRecord) -> str:
    """The resources that the review showed otherwise, the first five by name."""

    def changes(record: RunRecord) -> dict[str, object]:
        return {
            s.urn: (s.op, s.diffs, s.inputs, s.deletes_first, s.retained) for s in record.steps if s.op is not Op.SAME
        }

    before, after = changes(seen), changes(now)
    moved = (urn for urn in before.keys() | after.keys() if before.get(urn) != after.get(urn))
    names = sorted({urn.rsplit("::", 1)[-1] for urn in moved})
    return listing(names, limit=5) or "the same resources in another way"


def mismatch(previewed: RunRecord, applied: RunRecord) -> str:
    """What was done otherwise than shown: resources, then outputs the preview knew; empty if all is as shown."""
    if applied.status is Status.FAILED:
        return ""
    shown, done = operations(previewed), operations(applied)
    wrong = [
        f"{urn.rsplit('::', 1)[-1]}: shown {shown.get(urn, Op.SAME)}, done {done.get(urn, Op.SAME)}"
        for urn in sorted(shown.keys() | done.keys())
        if not as_shown(shown.get(urn, Op.SAME), done.get(urn, Op.SAME))
    ]
    wrong += [
        f"output {name}: shown {shown_value!r}, found {applied.outputs.get(name)!r}"
        for name, shown_value in previewed.outputs.items()
        if settled(shown_value) and applied.outputs.get(name) != shown_value
    ]
    return "; ".join(wrong)


def operations(record: RunRecord) -> dict[str, Op]:
    return {step.urn: step.op for step in record.steps if step.op is not Op.READ}


def as_shown(shown: Op, done: Op) -> bool:
    """An update that turns out to change nothing is less than was shown: a value was not yet known, and is the same."""
    return done is shown or (shown in (Op.UPDATE, Op.REPLACE) and done in (Op.SAME, Op.UPDATE))
