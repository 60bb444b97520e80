"""Providers whose own settings change: which region, which role, which version. A preview's JSON leaves them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pulumi.automation.events import StepEventMetadata

from gitops.engine.steps import as_preview_step, in_order, is_provider, read_step, resource_type
from gitops.records import Diagnostic, Op, Operation, Step

CHANGES = (Operation.PREVIEW, Operation.UPDATE)


def find_changes(heard: Mapping[str, StepEventMetadata], *, root: Path, folder: Path) -> tuple[Step, ...]:
    """The steps of providers that are made, set otherwise or deleted."""
    raw = (as_preview_step(event, {}) for urn, event in heard.items() if is_provider(resource_type(urn)))
    steps = (read_step(step, root=root, folder=folder) for step in raw)
    return in_order(step for step in steps if step and step.op not in (Op.SAME, Op.READ, Op.REFRESH))


def tell(steps: Iterable[Step], operation: Operation) -> Iterator[Diagnostic]:
    """A warning for each that is not new: its settings decide where and as whom everything else is done."""
    for step in steps:
        if step.op is Op.CREATE or operation not in CHANGES:
            continue
        changes = ", ".join(f"{diff.path} {diff.before!r} -> {diff.after!r}" for diff in step.diffs)
        kind = step.type.removeprefix("pulumi:providers:")
        message = f"the settings of the provider {kind} change ({step.op}): {changes}"
        yield Diagnostic(severity="warning", message=message)
