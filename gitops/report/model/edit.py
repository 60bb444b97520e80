"""What an edit changed: two previews of one target compared with each other, whatever each is compared with itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitops.records import Finding, Op, PropertyDiff, RunRecord, Step


def compare_runs(before: RunRecord, after: RunRecord) -> RunRecord:
    """`after` as if what `before` shows were deployed; its findings are those that `before` has not."""
    was = list_planned_steps(before)
    known = set(map(identify, before.findings))
    gone = (
        step.model_copy(update={"op": Op.DELETE}) for urn, step in was.items() if urn not in list_planned_steps(after)
    )
    return after.model_copy(
        update={
            "steps": (*(compare_steps(was.get(urn), step) for urn, step in list_planned_steps(after).items()), *gone),
            "findings": tuple(finding for finding in after.findings if identify(finding) not in known),
            "outputs_before": before.outputs,
        }
    )


def list_planned_steps(record: RunRecord) -> dict[str, Step]:
    """What the program wants to be there, by URN."""
    return {step.urn: step for step in record.steps if step.op is not Op.DELETE}


def identify(finding: Finding) -> tuple[object, ...]:
    """Equal for a finding that an edit above it has only moved to another line."""
    return finding.rule, finding.level, finding.urn, finding.message


def compare_steps(before: Step | None, after: Step) -> Step:
    """A replacement stays one where the edit has made it one: what forces it, only the engine knows."""
    if before is None:
        return after.model_copy(update={"op": Op.CREATE, "diffs": ()})
    diffs = tuple(compare_values(before.inputs, after.inputs))
    op = Op.UPDATE if diffs else Op.SAME
    if after.op is Op.REPLACE and (diffs or before.op is not Op.REPLACE):
        op = Op.REPLACE
    return after.model_copy(update={"op": op, "diffs": diffs})


def compare_values(before: Any, after: Any, path: str = "") -> Iterator[PropertyDiff]:
    """Each value that differs, by its path: `a.b[0].c`. Lists of other lengths are compared as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in after:
                yield PropertyDiff(path=inner, kind="delete", before=before[key])
            elif key not in before:
                yield PropertyDiff(path=inner, kind="add", after=after[key])
            else:
                yield from compare_values(before[key], after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from compare_values(*pair, f"{path}[{index}]")
    elif before != after:
        yield PropertyDiff(path=path, kind="update", before=before, after=after)
