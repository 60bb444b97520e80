"""Builds the protocol's response messages."""

from __future__ import annotations

from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.judge.refusal import Refusal
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider.diff import PropertyChange


def answer_failure(failure: CheckFailure | Refusal) -> pb.CheckFailure:
    # The property is not set, because the engine would print its value in Go's format, even if it is a secret.
    return pb.CheckFailure(reason=str(failure))


def answer_diff(changes: list[PropertyChange]) -> pb.DiffResponse:
    kinds = pb.PropertyDiff.Kind
    detailed = {
        change.path: pb.PropertyDiff(
            kind=kinds.Value(change.kind.upper() + ("_REPLACE" if change.replaces else "")), inputDiff=True
        )
        for change in changes
    }
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if changes else pb.DiffResponse.DIFF_NONE,
        diffs=sorted({change.property for change in changes}),
        replaces=sorted({change.property for change in changes if change.replaces}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
