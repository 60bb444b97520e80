"""What one engine run of one target left behind: the records that every later step reads.

A `RunRecord` is the only thing that passes from running a stack to reporting, reviewing and deploying it. It is
frozen, holds no secret (`SECRET` stands in), no time, port, path outside the repository or random name, so that two
rehearsals of the same input write the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

SECRET = "[secret]"
UNKNOWN = "[known after apply]"
REFUSED = "refused"
"""The kind of error of a target that a deployment did not begin with."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Operation(StrEnum):
    """What the engine was asked to do with a target. Drift is a refresh that is only previewed."""

    PREVIEW = "preview"
    UPDATE = "update"
    REFRESH = "refresh"
    DRIFT = "drift"
    DESTROY = "destroy"


class Op(StrEnum):
    """What a step does to a resource, as a reviewer counts it."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"
    READ = "read"
    REFRESH = "refresh"
    IMPORT = "import"


class Level(StrEnum):
    MANDATORY = "mandatory"
    ADVISORY = "advisory"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Status(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SourceLine(Record):
    """A line a reviewer can open: `file` is relative to the repository root, `line` counts from 1."""

    file: str
    line: int


class PropertyDiff(Record):
    """One property that changes. `path` is the engine's (`scalableTargetAction.minCapacity`, `rules[0].name`)."""

    path: str
    kind: str  # add, delete, update
    replaces: bool = False
    before: Any = None
    after: Any = None


class Step(Record):
    """One resource of the run. `inputs` are the new inputs (the old ones for a delete), camelCase as on the wire.

    `source` is the stack's own line, `component` the line in `shared/` that makes the resource for it, if one does.
    `custom` is False for a component, which groups resources and which no cloud holds. `automatic` are the inputs with
    a name that the provider made up, another one in each run (gitops/engine/automatic.py). Of a replacement or
    deletion: whether the old one stays in the cloud (`retained`), the URN of the resource it goes with
    (`deleted_with`), whether it goes before the new one is made (`deletes_first`).
    """

    op: Op
    urn: str
    type: str
    name: str
    parent: str | None = None
    source: SourceLine | None = None
    component: SourceLine | None = None
    inputs: dict[str, Any] = {}
    automatic: tuple[str, ...] = ()
    diffs: tuple[PropertyDiff, ...] = ()
    depends_on: tuple[str, ...] = ()
    protect: bool = False
    retained: bool = False
    deleted_with: str | None = None
    deletes_first: bool = False
    custom: bool = True


class Finding(Record):
    """One judgement of the policy pack. Title, why, fix and reference are the rule's own; see `gitops.catalogue`."""

    rule: str
    level: Level
    severity: Severity
    message: str
    urn: str | None = None
    source: SourceLine | None = None
    component: SourceLine | None = None
    title: str = ""
    why: str = ""
    fix: str = ""
    reference: str = ""


class Exemption(Record):
    """A finding that a reviewed exemption covers. `expires` is an ISO date or what ends it, `source` its own line."""

    rule: str
    message: str = ""
    reason: str
    owner: str
    expires: str
    urn: str | None = None
    source: SourceLine | None = None


class Unjudged(Record):
    """A rule that gave no judgement: a value is known only after apply, or (`raised`) the rule itself broke."""

    rule: str
    reason: str
    urn: str | None = None
    raised: bool = False


class Diagnostic(Record):
    severity: str  # error, warning, info
    message: str
    urn: str | None = None
    source: SourceLine | None = None


class RunError(Record):
    """Why a run failed: `kind` is one of program, provider, config, policy (the pack did not start), findings (it
    objected during an update), timeout, engine, refused (nothing was touched), deployment (not as it was shown)."""

    kind: str
    message: str
    hint: str = ""
    source: SourceLine | None = None


class RunRecord(Record):
    """One operation of the engine on one target. `outputs_before` are the stack's outputs in the state it found.

    `providers` are the steps of providers whose own settings change, a region or a version; `drift` is what was changed
    by hand since the last deployment, where that was looked for. `secrets` has a keyed hash of each secret that the
    program sets, by `URN path`. `state` is a hash of the state it found, if one was asked for.
    """

    stack: str
    environment: str
    operation: Operation
    rehearsal: bool
    status: Status
    error: RunError | None = None
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs_before: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    providers: tuple[Step, ...] = ()
    drift: tuple[Step, ...] = ()
    secrets: dict[str, str] = {}
    state: str = ""
    digest: str = ""

    @property
    def target(self) -> str:
        return f"{self.stack}/{self.environment}"

    @property
    def scaling_before(self) -> dict[str, Any] | None:
        return scaling(self.outputs_before)

    @property
    def scaling_after(self) -> dict[str, Any] | None:
        return scaling(self.outputs)

    @property
    def output_diffs(self) -> tuple[PropertyDiff, ...]:
        """The outputs that change, by name; none of a run that ended early, and none whose value is not yet known."""
        if self.status is Status.FAILED or self.operation not in (Operation.PREVIEW, Operation.UPDATE):
            return ()
        before, after = self.outputs_before, self.outputs
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return tuple(output_diff(name, before, after) for name in names if is_settled(after.get(name)))


def scaling(outputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The stack's `scaling` output, the same shape for every backend: `{"min": 2, "max": 6, ...}`."""
    scaling = outputs.get("scaling")
    return scaling if isinstance(scaling, dict) else None


def output_diff(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> PropertyDiff:
    kind = "delete" if name not in after else "update" if name in before else "add"
    return PropertyDiff(path=name, kind=kind, before=before.get(name), after=after.get(name))


def is_settled(value: Any) -> bool:
    """Whether a previewed value is known in all its parts."""
    if isinstance(value, dict):
        return all(is_settled(item) for item in value.values())
    if isinstance(value, list):
        return all(is_settled(item) for item in value)
    return not (isinstance(value, str) and UNKNOWN in value)
