"""The children of each recorded program are exactly those that the real awsx 3.11 provider registered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rehearsal.awsx.harness import Bench
from tests.rehearsal.awsx.recorder import Recorder, comparable

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_children_match_the_recording(file: Path, bench: Bench, aws: Recorder) -> None:
    recording = json.loads(file.read_text(encoding="utf-8"))
    bench.preview(recording["program"])
    assert comparable(aws.children) == comparable(recording["children"])


def test_there_are_recordings() -> None:
    assert [file.stem for file in RECORDINGS] == ["alb_defaults", "repo", "service", "vpc_per_az"]
