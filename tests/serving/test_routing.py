"""The router's decisions without a network: the order of attempts, the time budget, the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from serving.router import config
from serving.router.health import HealthCheck
from serving.router.routing import BACKOFF_SECONDS, route
from serving.router.runtime import Endpoint, Failure, Reply

GOOD = {"AWS_REGION": "us-east-1", "ENDPOINT_NAME": "digits"}


@dataclass
class Scripted:
    """An endpoint that answers or fails as told, `outcomes` being used up call by call."""

    region: str
    outcomes: list[Reply | Failure] = field(default_factory=list)
    calls: int = 0

    def invoke(self, content_type: str, body: bytes, request_id: str) -> Reply:
        self.calls += 1
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Failure):
            raise outcome
        return outcome


def ask(endpoint: Endpoint) -> Reply:
    return endpoint.invoke("application/json", b"{}", "id")


def passing() -> Failure:
    return Failure("busy", retry_here=True)


def clock(*seconds: float) -> Callable[[], float]:
    times = iter(seconds)
    return lambda: next(times)


def test_only_the_retry_in_the_same_region_waits() -> None:
    waits: list[float] = []
    local, peer = Scripted("a", [passing(), passing()]), Scripted("b", [Reply(200, b"yes")])
    routed = route(local, peer, ask, lambda: 20.0, waits.append)
    assert (routed.reply, routed.region, len(routed.failures)) == (Reply(200, b"yes"), "b", 2)
    assert len(waits) == 1
    assert BACKOFF_SECONDS[0] <= waits[0] <= BACKOFF_SECONDS[1]


def test_no_attempt_starts_when_the_time_is_up() -> None:
    local, peer = Scripted("a", [passing()]), Scripted("b", [])
    routed = route(local, peer, ask, clock(20.0, 0.5, 0.4), lambda _: None)
    assert (routed.reply, routed.region) == (None, "a")
    assert (local.calls, peer.calls) == (1, 0)


def test_the_worst_case_ends_before_the_function_and_the_balancer_give_up() -> None:
    settings = config.read(GOOD)
    worst = 3 * (settings.connect_timeout + settings.read_timeout) + BACKOFF_SECONDS[1]
    assert worst < 29


def test_health_is_cached_also_when_bad() -> None:
    endpoint = Scripted("a", [Reply(500, b""), passing(), Reply(200, b"")])
    check = HealthCheck(endpoint, ttl=10, clock=clock(0.0, 9.9, 10.0, 20.1))
    assert [check.check().healthy for _ in range(4)] == [False, False, False, True]
    assert endpoint.calls == 3


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ENDPOINT_NAME": ""}, "ENDPOINT_NAME"),
        ({"AWS_REGION": ""}, "AWS_REGION"),
        ({"PEER_REGION": "us-west-2"}, "PEER_ENDPOINT_NAME"),
        ({"PEER_ENDPOINT_NAME": "x"}, "PEER_REGION"),
        ({"READ_TIMEOUT_SECONDS": "soon"}, "READ_TIMEOUT_SECONDS"),
        ({"CONNECT_TIMEOUT_SECONDS": "-1"}, "CONNECT_TIMEOUT_SECONDS"),
        ({"HEALTH_TTL_SECONDS": "nan"}, "HEALTH_TTL_SECONDS"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(config.ConfigError, match=named):
        config.read({**GOOD, **changes})


def test_settings_are_read() -> None:
    settings = config.read({**GOOD, "PEER_REGION": "us-west-2", "PEER_ENDPOINT_NAME": "west", "PEER_URL": "http://x"})
    assert settings.peer == config.Target("us-west-2", "west", "http://x")
    assert (settings.local.endpoint, settings.connect_timeout, settings.read_timeout, settings.health_ttl) == (
        "digits",
        1,
        8,
        10,
    )
