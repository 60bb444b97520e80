"""The small decisions behind the AWS components: each a function of plain values."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.aws.alarms import Alarm, Panel, Series, Total, dashboard_body, describe_metrics
from shared.aws.artefact import check_stored, object_key
from shared.aws.image import image_in, image_region, registry_account, repository_name
from shared.aws.network import zone_block
from shared.aws.sagemaker.deployment import deployment_config, longest_deployment
from shared.aws.sagemaker.endpoint import generation_name
from shared.aws.sagemaker.metrics import ROLLBACK, alarms, choose_metrics
from shared.aws.sagemaker.served_model import variant
from shared.aws.sagemaker.settings import LONGEST_SECONDS, METRICS, Hosting
from shared.aws.scaling import cron, track_total
from shared.ownership import Alarms
from shared.release import Release, Steps, Strategy
from shared.scaling import Schedule

DIGEST = "sha256:" + "a" * 64
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/team/serving@{DIGEST}"
LIMITS = Alarms(notify=("team@example.com",), error_percent=0.5, latency_ms=500)


def hosting(**changes: Any) -> Hosting:
    given_values = {"image": IMAGE, "instance_type": "ml.c7i.xlarge", "initial_instances": 4, "capture_percent": 20}
    return Hosting.model_validate({**given_values, **changes})


def release(strategy: Strategy = Strategy.CANARY, **steps: int) -> Release:
    return Release(
        model_version="1.0.0",
        artefact="s3://bucket/digits/model.tar.gz",
        artefact_digest=DIGEST,
        strategy=strategy,
        steps=Steps.model_validate(steps),
    )


@pytest.mark.parametrize(
    ("days", "at", "expected"),
    [
        (("mon", "fri"), "07:30", "cron(30 7 ? * MON,FRI *)"),
        (("sun",), "00:00", "cron(0 0 ? * SUN *)"),
        (("sat",), "23:59", "cron(59 23 ? * SAT *)"),
    ],
)
def test_a_schedule_becomes_a_cron(days: tuple[Any, ...], at: str, expected: str) -> None:
    assert cron(Schedule(days=days, at=at, timezone="UTC", min=1, max=2)) == expected


@pytest.mark.parametrize(
    ("strategy", "size_key", "kind"),
    [(Strategy.CANARY, "canary_size", "CANARY"), (Strategy.LINEAR, "linear_step_size", "LINEAR")],
)
def test_a_stepped_strategy_moves_a_share_of_the_capacity(strategy: Strategy, size_key: str, kind: str) -> None:
    found = deployment_config(release(strategy, percent=10, wait=600, bake=300), hosting(), ["a", "b"])
    policy = found["blue_green_update_policy"]
    assert policy["traffic_routing_configuration"] == {
        "type": kind,
        "wait_interval_in_seconds": 600,
        size_key: {"type": "CAPACITY_PERCENT", "value": 10},
    }
    assert policy["termination_wait_in_seconds"] == 300
    assert found["auto_rollback_configuration"] == {"alarms": [{"alarm_name": "a"}, {"alarm_name": "b"}]}


@pytest.mark.parametrize("strategy", [Strategy.ALL_AT_ONCE, Strategy.BLUE_GREEN])
def test_all_traffic_moves_in_one_step(strategy: Strategy) -> None:
    policy = deployment_config(release(strategy, bake=300), hosting(), ["a"])["blue_green_update_policy"]
    assert policy["traffic_routing_configuration"] == {"type": "ALL_AT_ONCE", "wait_interval_in_seconds": 0}


def test_rolling_needs_no_second_fleet() -> None:
    found = deployment_config(release(Strategy.ROLLING, percent=25, wait=60), hosting(), ["a"])
    assert "blue_green_update_policy" not in found
    assert found["rolling_update_policy"]["maximum_batch_size"] == {"type": "CAPACITY_PERCENT", "value": 25}


@given(
    strategy=st.sampled_from(Strategy),
    percent=st.integers(5, 50),
    wait=st.integers(0, 3600),
    bake=st.integers(0, 3600),
    start=st.integers(60, 3600),
)
def test_a_deployment_is_given_its_waits_and_what_sagemaker_allows(
    strategy: Strategy, percent: int, wait: int, bake: int, start: int
) -> None:
    seconds = longest_deployment(
        release(strategy, percent=percent, wait=wait, bake=bake), hosting(startup_seconds=start)
    )
    assert 600 <= seconds <= LONGEST_SECONDS
    assert seconds == LONGEST_SECONDS or seconds >= wait + bake + start


def test_the_endpoint_of_another_instance_type_has_another_name() -> None:
    names = {
        generation_name("sagemaker-endpoint-prod", hosting(instance_type=t)) for t in ("ml.c7i.large", "ml.m7i.large")
    }
    assert names == {"sagemaker-endpoint-prod-c7i-large", "sagemaker-endpoint-prod-m7i-large"}


def test_a_volume_is_only_named_when_it_is_set() -> None:
    assert "volume_size_in_gb" not in variant(hosting(), "model")
    assert variant(hosting(volume_gb=30), "model")["volume_size_in_gb"] == 30


def test_every_metric_the_settings_allow_is_measured() -> None:
    assert set(choose_metrics("endpoint")) == set(METRICS)


def test_the_alarms_that_turn_a_deployment_back_exist() -> None:
    named = {alarm.name: alarm for alarm in alarms("endpoint", LIMITS)}
    assert set(ROLLBACK) <= set(named)
    assert named["latency"].threshold == 500_000, "SageMaker counts microseconds"
    assert named["errors"].threshold == 0.5


def test_a_share_is_an_expression_over_two_series() -> None:
    part, whole = (Series("NS", name, {"D": "v"}) for name in ("Failed", "All"))
    queries = describe_metrics((part, whole))["metric_queries"]
    assert [q["id"] for q in queries] == ["rate", "part", "whole"]
    assert [q.get("return_data", False) for q in queries] == [True, False, False]
    assert queries[0]["expression"] == "100 * part / MAX([part, FILL(whole, 0)])"


def test_a_sum_fills_nothing_in() -> None:
    """Its newest minute, not published yet, would be 0: three in a row above the target are then never seen."""
    total = Total(tuple(Series("NS", "Requests", {"G": group}) for group in "ab"))
    assert describe_metrics(total)["metric_queries"][0]["expression"] == "part0 + part1"
    queries = track_total(total)["customized_metric_specification"]["metrics"]
    assert queries[0]["expression"] == "part0 + part1"
    assert [query["return_data"] for query in queries] == [True, False, False]


@pytest.mark.parametrize(("stat", "key"), [("p99", "extended_statistic"), ("Sum", "statistic")])
def test_a_percentile_is_an_extended_statistic(stat: str, key: str) -> None:
    assert describe_metrics(Series("NS", "M", {}, stat))[key] == stat


def test_a_dashboard_places_two_graphs_a_row_and_draws_the_alarm() -> None:
    panel = Panel("Latency", [Series("NS", "M", {"D": "v"}, "p99")], "us-east-1", 5)
    widgets = dashboard_body([panel, panel, panel])["widgets"]
    assert [(w["x"], w["y"]) for w in widgets] == [(0, 0), (12, 0), (0, 6)]
    assert widgets[0]["properties"]["metrics"] == [["NS", "M", "D", "v", {"stat": "p99"}]]
    assert widgets[0]["properties"]["annotations"]["horizontal"][0]["value"] == 5


def test_an_alarm_tolerates_a_single_bad_minute() -> None:
    alarm = Alarm("a", "", Series("NS", "M", {}), 1)
    assert 1 < alarm.bad_minutes <= alarm.minutes


def test_an_image_keeps_its_digest_in_another_region() -> None:
    moved = image_in(IMAGE, "eu-west-1")
    assert image_region(moved) == "eu-west-1"
    assert moved.partition("/")[2] == IMAGE.partition("/")[2]
    assert (repository_name(IMAGE), registry_account(IMAGE)) == ("team/serving", "123456789012")


def test_something_else_is_no_image() -> None:
    with pytest.raises(ValueError, match="no ECR image"):
        image_region("docker.io/library/python:latest")


def test_a_zone_keeps_its_addresses_when_zones_are_added_and_no_two_share_any() -> None:
    blocks = [zone_block("10.0.0.0/16", index, tier) for tier in range(4) for index in range(8)]
    assert blocks[:2] == ["10.0.0.0/21", "10.0.8.0/21"]
    assert len(set(blocks)) == 32
    with pytest.raises(IndexError):
        zone_block("10.0.0.0/16", 8, 3)


def test_another_digest_is_another_object() -> None:
    assert object_key(release()) == f"models/1.0.0/{'a' * 64}/model.tar.gz"


def test_other_bytes_than_the_reviewed_ones_stop_the_deployment() -> None:
    """S3 reports a SHA-256 as base64; what a rehearsal makes up is none."""
    reviewed, others = (b64encode(bytes.fromhex(digit * 64)).decode() for digit in "ab")
    assert check_stored("s3://bucket/key", reviewed, release()) == "s3://bucket/key"
    assert check_stored("s3://bucket/key", "0123456789abcdef0123456789abcdef", release()) == "s3://bucket/key"
    with pytest.raises(ValueError, match=f"has sha256:{'b' * 64}, expected release.artefact_digest"):
        check_stored("s3://bucket/key", others, release())
