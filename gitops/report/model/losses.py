"""Replacements and deletions, named with what is lost, the property that forces it, and the resource that causes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gitops.records import UNKNOWN, Op, Operation, RunRecord, SourceLine, Step
from gitops.report.model.loss_kinds import LossKind, Lost, classify_loss
from gitops.report.steps import select_changing_steps
from gitops.report.text.words import add_environments


@dataclass(frozen=True)
class Loss:
    """One resource that goes away in one or more environments of a stack. `cause` is the identity of another that goes
    and takes this one along, None where it goes by itself."""

    op: Op
    stack: str
    environments: tuple[str, ...]
    type: str
    name: str
    lost: LossKind
    forced_by: tuple[str, ...]
    protected: bool
    source: SourceLine | None
    deletes_first: bool = False
    cause: tuple[str, str] | None = None
    drift: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        return self.type, self.name

    @property
    def because(self) -> str:
        """Why the engine does it, in the words of the properties; empty where the record does not say."""
        if self.op is Op.DELETE:
            return "gone from the cloud" if self.drift else "no longer in the program"
        return "" if not self.forced_by else "these properties cannot change in place"


def collect_losses(records: Iterable[RunRecord]) -> tuple[Loss, ...]:
    """Every loss, worst kind first; the same loss in several environments of a stack is one entry."""
    merged: dict[tuple[object, ...], Loss] = {}
    for record in records:
        going = {step.urn: step for step in select_changing_steps(record) if step.op in (Op.REPLACE, Op.DELETE)}
        for step in going.values():
            loss = describe_loss(record, step, find_cause(step, going))
            key = (loss.stack, loss.op, loss.type, loss.name, loss.forced_by, loss.protected, loss.source, loss.lost)
            known = merged.get(key)
            merged[key] = replace(known, environments=known.environments + loss.environments) if known else loss
    return tuple(sorted(merged.values(), key=lambda loss: (loss.lost.rank, loss.op is not Op.DELETE)))


def find_cause(step: Step, going: Mapping[str, Step]) -> Step:
    """The resource at the start of the chain that takes this one along; the step itself where nothing else does.

    What is deleted goes with what it was built on. A replacement follows another one if every property that forces it
    gets a value which is known only when the other is made.
    """
    if step.deleted_with and step.deleted_with in going:
        return find_cause(going[step.deleted_with], going)
    forced = [diff for diff in step.diffs if diff.replaces]
    if step.op is Op.REPLACE and not (forced and all(UNKNOWN in str(diff.after) for diff in forced)):
        return step
    origins = [going[urn] for urn in step.depends_on if urn in going and going[urn].op is step.op]
    causes = (find_cause(origin, going) for origin in origins)
    return min(causes, key=lambda cause: (classify_loss(cause).rank, cause.urn), default=step)


def describe_loss(record: RunRecord, step: Step, cause: Step) -> Loss:
    return Loss(
        op=step.op,
        stack=record.stack,
        environments=(record.environment,),
        type=step.type,
        name=step.name,
        lost=classify_loss(step),
        forced_by=tuple(dict.fromkeys(diff.path for diff in step.diffs if diff.replaces)),
        protected=step.protect,
        source=step.source,
        deletes_first=step.deletes_first,
        cause=(cause.type, cause.name) if cause is not step else None,
        drift=record.operation is Operation.DRIFT,
    )


@dataclass(frozen=True)
class LossRow:
    """What one cause takes away: `losses` that differ in their name alone, and what goes with them."""

    losses: tuple[Loss, ...]
    with_it: tuple[Loss, ...] = ()

    @property
    def first(self) -> Loss:
        return self.losses[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(loss.name for loss in self.losses)

    @property
    def with_it_by_kind(self) -> tuple[tuple[LossKind, tuple[str, ...]], ...]:
        """What goes along, worst kind first, with the names of the resources that lose it."""
        kinds: dict[LossKind, list[str]] = {}
        for loss in self.with_it:
            kinds.setdefault(loss.lost, []).append(loss.name)
        return tuple((kind, tuple(kinds[kind])) for kind in sorted(kinds, key=lambda kind: kind.rank))


def describe_succession(losses: Iterable[Loss]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What goes without a loss, as sentence and names of resources: stays behind, is kept beside, is superseded."""
    groups: dict[str, list[str]] = {}
    for loss in losses:
        if loss.op is Op.DELETE:
            sentence = "leaves the stack, stays in the cloud and is no longer managed"
        elif loss.lost.kind is Lost.KEPT:
            sentence = "replaced, and the old one stays in the cloud"
        else:
            sentence = "replaced by a new version, and the old one goes when nothing uses it any longer"
        groups.setdefault(sentence, []).append(add_environments(f"{loss.stack}: {loss.name}", loss.environments))
    return tuple((sentence, tuple(names)) for sentence, names in sorted(groups.items()))


def group_losses(losses: Iterable[Loss]) -> tuple[LossRow, ...]:
    """One row for each cause, in the order of its worst loss."""
    losses = tuple(losses)
    roots: dict[Loss, list[Loss]] = {}
    by_cause: dict[tuple[str, tuple[str, str]], list[Loss]] = {}
    known = {(loss.stack, loss.identity) for loss in losses}
    for loss in losses:
        if loss.cause and (loss.stack, loss.cause) in known:
            by_cause.setdefault((loss.stack, loss.cause), []).append(loss)
        else:
            roots.setdefault(replace(loss, name="", source=None, cause=None), []).append(loss)
    rows = [
        LossRow(tuple(same), tuple(other for loss in same for other in by_cause.get((loss.stack, loss.identity), ())))
        for same in roots.values()
    ]
    return tuple(sorted(rows, key=lambda row: min(loss.lost.rank for loss in (*row.losses, *row.with_it))))
