"""Changes that somebody made by hand, in contrast to those that autoscalers make as configured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gitops.checkout.targets import Target
from gitops.engine.pool import OnDone
from gitops.records import Diagnostic, Op, Operation, PropertyDiff, RunRecord, Status, Step
from gitops.report.text.words import listing
from gitops.run import Run, perform

CHANGED = frozenset({Op.UPDATE, Op.DELETE, Op.REPLACE})
SCALED_BY_AUTOSCALER: Mapping[str, tuple[str, ...]] = {
    "aws:ecs/service:Service": ("desiredCount",),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ("provisionedConcurrentExecutions",),
    "azure-native:machinelearningservices:OnlineDeployment": ("sku.capacity",),
}
"""The numbers that an autoscaler sets, by type. SageMaker's are in the endpoint, which no resource reads back."""
SCALABLE_TARGET, SCHEDULE = "aws:appautoscaling/target:Target", "aws:appautoscaling/scheduledAction:ScheduledAction"
SET_BY_SCHEDULE = ("minCapacity", "maxCapacity")
"""A schedule that fires sets the bounds of its target:
https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-overview.html"""


def find_hand_changes(record: RunRecord) -> tuple[Step, ...]:
    """The steps of a drift record with changes made by hand: a deletion, or a difference that no autoscaler made."""
    scheduled = any(step.type == SCHEDULE for step in record.steps)
    changes = (without_scaling(step, scheduled=scheduled) for step in record.steps if step.op in CHANGED)
    return tuple(step for step in changes if step)


def without_autoscaling(record: RunRecord) -> RunRecord:
    """The drift record without the changes that an autoscaler made."""
    kept = {step.urn: step for step in find_hand_changes(record)}

    def leave_as_is(step: Step) -> Step:
        return kept.get(step.urn) or step.model_copy(update={"op": Op.SAME, "diffs": ()})

    return record.model_copy(update={"steps": tuple(leave_as_is(s) if s.op in CHANGED else s for s in record.steps)})


def without_scaling(step: Step, *, scheduled: bool) -> Step | None:
    """The step without the differences that autoscaling made; None if there is no other."""
    by_schedule = scheduled and step.type == SCALABLE_TARGET
    scaled = SET_BY_SCHEDULE if by_schedule else SCALED_BY_AUTOSCALER.get(step.type, ())
    kept = tuple(diff for diff in step.diffs if diff.path not in scaled)
    return step.model_copy(update={"diffs": kept}) if kept or not step.diffs else None


def look_for_drift(
    run: Run, targets: Sequence[Target], on_done: OnDone, records: Mapping[Target, RunRecord]
) -> dict[Target, RunRecord]:
    """The records with what was changed by hand, for a reviewer to see; a target that cannot be compared has failed."""
    comparisons = perform(run, targets, Operation.DRIFT, on_done)
    return {target: add_drift(record, comparisons[target]) for target, record in records.items()}


def add_drift(record: RunRecord, drift: RunRecord) -> RunRecord:
    if drift.status is Status.FAILED:
        return record.model_copy(update={"status": Status.FAILED, "error": record.error or drift.error})
    changes = find_hand_changes(drift)
    return record.model_copy(update={"drift": changes, "diagnostics": (*record.diagnostics, *map(tell, changes))})


def tell(step: Step) -> Diagnostic:
    """A warning about a change made by hand, which a deployment without `--refresh` leaves as it is."""
    what = "gone from the cloud" if step.op is Op.DELETE else listing([*map(tell_difference, step.diffs)], limit=5)
    return Diagnostic(severity="warning", message=f"changed by hand: {what or 'in its outputs'}", urn=step.urn)


def tell_difference(diff: PropertyDiff) -> str:
    return f"{diff.path} {diff.before!r} -> {diff.after!r}"


def has_drifted(records: Iterable[RunRecord]) -> bool:
    return any(find_hand_changes(record) for record in records)
