"""Each stack's smoke request is one the reference model answers, and rightly: it shows a seven."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.environments import ROOT
from tests.serving.running import Server

REQUESTS = sorted(ROOT.glob("stacks/*/smoke.json"))


def test_every_stack_has_one() -> None:
    assert [path.parent for path in REQUESTS] == [path.parent for path in sorted(ROOT.glob("stacks/*/Pulumi.yaml"))]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.parent.name)
def test_a_smoke_request_is_answered(path: Path, app: Server) -> None:
    answer = app.predict(path.read_bytes(), "/invocations")

    assert answer.status == 200
    assert [prediction["label"] for prediction in answer.document["predictions"]] == [7]
