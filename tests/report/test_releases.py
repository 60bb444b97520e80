"""A model release is told first: which model, how traffic moves, what watches it, how one goes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitops.releases import Release
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.releases import ModelRelease, describe_traffic, format_size, format_time
from gitops.report.model.report import build
from gitops.reporting import ARTEFACTS, read_artefact_sizes
from tests.git import commit_all
from tests.report import cases


def release(**fields: Any) -> Release:
    return Release.model_validate({"model_version": "1.0.0", **fields})


def traffic(strategy: str, before: dict[str, int] | None = None, **fields: Any) -> list[str]:
    return list(describe_traffic(release(traffic=before or {}), release(strategy=strategy, **fields)))


@pytest.mark.parametrize(
    ("strategy", "steps", "told"),
    [
        ("canary", {"percent": 10, "wait": 300}, ["canary: 10 % first, watched for 5 min, then the rest"]),
        ("canary", {"percent": 10}, ["canary: 10 % first; the rest moves with a later change"]),
        ("linear", {"percent": 30, "wait": 90}, ["linear: 30 % every 90 s, all of it after 270 s"]),
        ("rolling", {"percent": 34}, ["rolling: 34 % of the instances at a time"]),
        ("all_at_once", {"bake": 600}, ["all at once: all of it in one step", "the old version stays for 10 min more"]),
    ],
)
def test_how_traffic_moves(strategy: str, steps: dict[str, int], told: list[str]) -> None:
    assert traffic(strategy, steps=steps) == told


def test_shares_of_slots_are_told_where_they_move() -> None:
    moved = {"blue": 90, "green": 10}

    assert traffic("canary", {"blue": 100}, traffic=moved) == ["blue 100 % → blue 90 %, green 10 %"]
    assert traffic("canary", moved, traffic=moved) == ["traffic stays: blue 90 %, green 10 %"]


def test_what_an_alarm_does_is_told_as_it_is() -> None:
    def watch(**fields: Any) -> str:
        return ModelRelease("web", ("dev",), release(), release(**fields)).watch

    limits = "more than 0.5 % errors or a 99th percentile over 300 ms"
    assert watch(alarms=cases.ALARMS, alarms_turn_back=True) == f"{limits} reverts it"
    assert watch(alarms=cases.ALARMS) == f"{limits} sends mail and reverts nothing"
    assert watch() == ""


def test_sizes_and_digests_are_short() -> None:
    before, after = release(artefact_digest=f"sha256:{'a' * 64}"), release(artefact_digest=f"sha256:{'b' * 64}")

    told = ModelRelease("web", ("dev",), before, after, (1_781_523, 7_000_000_000)).content

    assert told == "model aaaaaaaaaaaa → bbbbbbbbbbbb, 1.78 MB → 7 GB"
    assert ModelRelease("web", ("dev",), before, after, (1_781_523, None)).content == told.partition(",")[0]
    assert (format_size(950), format_time(60), format_time(59)) == ("950 B", "1 min", "59 s")


def test_the_image_is_told_with_what_becomes_of_it() -> None:
    old, new = release(image="host/server@sha256:a1"), release(image="host/server@sha256:b2")

    assert ModelRelease("web", ("dev",), old, new).content == "image a1 → b2"
    assert ModelRelease("web", ("dev",), old, old).content == "the same image"


def test_the_comment_begins_with_the_model() -> None:
    text = markdown.render(build(cases.release(), Context()))

    assert text.startswith("## Ready: model 1.0.0 → 1.1.0 in 4 targets, 4 updates in 4 targets, 6 resources superseded")
    assert text.index("### Model release") < text.index("| Target |")
    assert text.count("1.0.0 → 1.1.0") == 3


def test_sizes_come_from_what_the_build_noted() -> None:
    sizes = {"sha256:" + "a1b2" * 16: 1_000, "sha256:" + "c3d4" * 16: 2_000}

    [first, _] = build(cases.release(), Context(artefact_sizes=sizes)).releases

    assert first.sizes == (1_000, 2_000)
    assert first.environments == ("dev", "staging")


def test_sizes_are_known_of_the_base_and_of_the_change(tmp_path: Path) -> None:
    noted = tmp_path / ARTEFACTS
    noted.parent.mkdir()
    noted.write_text('{"files": {"model.onnx": {"sha256": "a1", "bytes": 1000}}}')
    commit_all(tmp_path)
    noted.write_text('{"files": {"model.onnx": {"sha256": "b2", "bytes": 2000}}}')

    assert read_artefact_sizes(tmp_path, "HEAD") == {"sha256:a1": 1000, "sha256:b2": 2000}
    noted.write_text("no JSON")
    assert read_artefact_sizes(tmp_path, "") == {}


def test_releases_of_the_same_model_over_different_ones_are_told_apart() -> None:
    dev, staging = (record for record in cases.release() if record.stack == "ecs_service")
    older = {**staging.outputs_before, "release": {**staging.outputs_before["release"], "model_version": "0.9.0"}}

    told = build([dev, staging.model_copy(update={"outputs_before": older})], Context()).releases

    assert [(release.environments, release.version) for release in told] == [
        (("dev",), "1.0.0 → 1.1.0"),
        (("staging",), "0.9.0 → 1.1.0"),
    ]


def test_a_stack_that_is_new_or_serves_the_same_is_no_release() -> None:
    records = cases.release()
    new = records[0].model_copy(update={"outputs_before": {}})
    same = records[1].model_copy(update={"outputs_before": records[1].outputs})

    assert build([new, same], Context()).releases == ()
