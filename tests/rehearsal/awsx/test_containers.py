from __future__ import annotations

from typing import Any

import pytest

from rehearsal.awsx.containers import containers_of, definition, port_mapping, to_json
from rehearsal.awsx.fargate_size import fargate_size

LOGS = {"name": "group", "region": "eu-west-1"}


def text(container: dict[str, Any], logs: dict[str, str] | None = None, port: int | None = None) -> str:
    return to_json(definition("app", container, logs, lambda group: port if group else None))


def test_keys_are_sorted_and_derived_ones_follow() -> None:
    given = {"name": "other", "image": "i", "cpu": 512.0, "essential": True}
    assert text(given, LOGS) == (
        '{"cpu":512,"essential":true,"image":"i","name":"app","logConfiguration":{"logDriver":"awslogs","options":'
        '{"awslogs-group":"group","awslogs-region":"eu-west-1","awslogs-stream-prefix":"app"}}}'
    )


def test_port_mappings_keep_their_place_and_lose_the_target_group() -> None:
    given = {"portMappings": [{"targetGroup": "tg"}], "image": "i", "user": "0"}
    assert text(given, port=8080) == (
        '{"image":"i","portMappings":[{"containerPort":8080,"hostPort":8080}],"user":"0","name":"app"}'
    )


def test_keys_of_a_port_mapping_stand_in_awsx_s_order() -> None:
    mapping = {"protocol": "tcp", "containerPort": 80, "appProtocol": "http", "name": "web"}
    assert text({"image": "i", "portMappings": [mapping]}) == (
        '{"image":"i","portMappings":[{"name":"web","appProtocol":"http","containerPort":80,"hostPort":80,'
        '"protocol":"tcp"}],"name":"app"}'
    )


def test_nested_keys_are_sorted_numbers_first_and_text_stays_as_it_is() -> None:
    given = {"dockerLabels": {"b": "ü", "10": "x", "9": "y", "a": '"'}, "image": "i"}
    assert text(given) == '{"dockerLabels":{"9":"y","10":"x","a":"\\"","b":"ü"},"image":"i","name":"app"}'


def test_own_log_configuration_is_kept() -> None:
    assert '"logDriver":"none"' in text({"image": "i", "logConfiguration": {"logDriver": "none"}}, LOGS)
    assert "awslogs" not in text({"image": "i", "logConfiguration": {"logDriver": "none"}}, LOGS)


@pytest.mark.parametrize(
    ("container", "host", "group", "expected"),
    [
        (None, 3, None, (3, 3)),
        (2, None, None, (2, 2)),
        (2, 3, None, (2, 3)),
        (None, None, 1, (1, 1)),
        (None, 3, 1, (3, 3)),
        (2, None, 1, (2, 1)),
        (2, 3, 1, (2, 3)),
    ],
)
def test_ports_fill_in_each_other(
    container: int | None, host: int | None, group: int | None, expected: tuple[int, int]
) -> None:
    mapping = port_mapping({"containerPort": container, "hostPort": host}, group)
    assert (mapping["containerPort"], mapping["hostPort"]) == expected


def test_containers_are_named_by_their_key_or_their_name() -> None:
    assert containers_of({"container": {"image": "i"}}) == {"container": {"image": "i"}}
    assert list(containers_of({"container": {"image": "i", "name": "app"}})) == ["app"]
    assert list(containers_of({"containers": {"b": {}, "a": {}, "2": {}}})) == ["2", "a", "b"]
    for arguments in ({}, {"container": {}, "containers": {}}):
        with pytest.raises(ValueError, match="exactly one"):
            containers_of(arguments)


@pytest.mark.parametrize(
    ("containers", "cpu", "memory"),
    [
        ([{}], "256", "512"),
        ([{"cpu": 256, "memory": 513}], "256", "1024"),
        ([{"cpu": 300, "memory": 700}, {"cpu": 256, "memory": 128}], "1024", "2048"),
        ([{"memory": 4096, "memoryReservation": 100}], "256", "512"),
        ([{"memory": 31 * 1024}], "8192", str(31 * 1024)),
        ([{"cpu": 16384}], "16384", str(32 * 1024)),
    ],
)
def test_the_smallest_task_that_holds_the_containers(containers: list[Any], cpu: str, memory: str) -> None:
    assert fargate_size(containers) == {"cpu": cpu, "memory": memory}


def test_more_than_fargate_has_is_refused() -> None:
    with pytest.raises(ValueError, match="need 17 vCPU"):
        fargate_size([{"cpu": 17 * 1024}])
