"""The built router zip under awslambdaric, against two regions of a SageMaker runtime with the real app behind them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from serving.emulators import lambda_runtime
from serving.emulators.lambda_runtime import Function
from serving.emulators.process import free_port
from tests.serving.bad_inputs import BAD_INPUTS, BadInput
from tests.serving.conftest import Reference
from tests.serving.failing_region import ANSWERS_TOO_MUCH, CUTS, HANGS, MODEL_BUSY, MODEL_FAILS, Region, region
from tests.serving.lambda_events import alb_event
from tests.serving.running import Server

HANDLER = "serving.router.handler.handler"
PASSING = [
    "unavailable",
    "internal failure",
    "throttled",
    "not ready",
    "dependency",
    HANGS,
    CUTS,
    MODEL_FAILS,
    MODEL_BUSY,
]
LASTING = ["denied", "gone"]
HEALTH_TTL = 1.0


@dataclass(frozen=True)
class TwoRegions:
    local: Region
    peer: Region
    router: Function

    def reset(self, local: tuple[str, ...] = (), peer: tuple[str, ...] = ()) -> None:
        self.local.reset(*local)
        self.peer.reset(*peer)

    def ask(self, body: bytes, content_type: str | None = "application/json") -> tuple[dict[str, Any], Any]:
        answer = self.router.invoke(alb_event(body, content_type, headers={"x-request-id": "order-1"}))
        return answer, json.loads(answer["body"])

    def health(self) -> int:
        return self.router.invoke(alb_event(None, None, method="GET", path="/healthz"))["statusCode"]

    def health_asked_anew(self) -> int:
        """Health checks until the kept answer is out of date and the local model is asked again; the new answer."""
        asked, status = len(self.local.calls), 0
        while len(self.local.calls) == asked:
            time.sleep(0.02)
            status = self.health()
        return status

    @property
    def calls(self) -> tuple[int, int]:
        return len(self.local.calls), len(self.peer.calls)


def _environment(local_url: str, peer_url: str | None) -> dict[str, str]:
    peer = {"PEER_REGION": "us-west-2", "PEER_ENDPOINT_NAME": "digits-west", "PEER_URL": peer_url} if peer_url else {}
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "ENDPOINT_NAME": "digits-east",
        "ENDPOINT_URL": local_url,
        "READ_TIMEOUT_SECONDS": "2.5",
        "HEALTH_TTL_SECONDS": str(HEALTH_TTL),
        **peer,
    }


@pytest.fixture(scope="module")
def regions(
    app: Server, lambda_python: Path, unpacked: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoRegions]:
    code, log = unpacked("lambda-router.zip"), tmp_path_factory.mktemp("router") / "log"
    with (
        region(app, "digits-east") as local,
        region(app, "digits-west") as peer,
        lambda_runtime.function(lambda_python, code, HANDLER, _environment(local.url, peer.url), log) as router,
    ):
        yield TwoRegions(local, peer, router)


def test_the_same_answers_as_the_model(regions: TwoRegions, app: Server, reference: Reference) -> None:
    regions.reset()
    answers = [regions.ask(body) for body in reference.bodies()]
    reference.check(*(document["predictions"][0] for _, document in answers))
    assert answers[0][1] == app.predict(reference.bodies()[0]).document
    assert {answer["headers"]["X-Served-By"] for answer, _ in answers} == {"us-east-1"}
    assert regions.calls == (len(reference.bodies()), 0)


def test_calls_are_signed_for_the_region_and_carry_the_request_id(regions: TwoRegions, reference: Reference) -> None:
    regions.reset(("unavailable", "unavailable"))
    regions.ask(reference.bodies()[0])
    for place, call in (("us-east-1", regions.local.calls[0]), ("us-west-2", regions.peer.calls[0])):
        assert call["authorization"].startswith("AWS4-HMAC-SHA256 Credential=testing/")
        assert f"/{place}/sagemaker/aws4_request" in call["authorization"]
        assert call["x-amzn-sagemaker-custom-attributes"] == "order-1"


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_failure_is_retried_once_in_the_region(fault: str, regions: TwoRegions, reference: Reference) -> None:
    regions.reset((fault,))
    answer, document = regions.ask(reference.bodies()[0])
    assert (answer["statusCode"], answer["headers"]["X-Served-By"]) == (200, "us-east-1")
    reference.check(document["predictions"][0])
    assert regions.calls == (2, 0)


@pytest.mark.parametrize("fault", PASSING)
def test_a_second_failure_goes_to_the_peer_region(fault: str, regions: TwoRegions, reference: Reference) -> None:
    regions.reset((fault, fault))
    answer, document = regions.ask(reference.bodies()[0])
    assert (answer["statusCode"], answer["headers"]["X-Served-By"]) == (200, "us-west-2")
    reference.check(document["predictions"][0])
    assert regions.calls == (2, 1)


@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_failure_goes_to_the_peer_region_at_once(
    fault: str, regions: TwoRegions, reference: Reference
) -> None:
    regions.reset((fault,))
    answer, _ = regions.ask(reference.bodies()[0])
    assert (answer["statusCode"], answer["headers"]["X-Served-By"]) == (200, "us-west-2")
    assert regions.calls == (1, 1)


@pytest.mark.parametrize("fault", [fault for fault in [*PASSING, *LASTING] if fault != HANGS])
def test_when_no_region_answers_the_caller_gets_503_and_no_details(
    fault: str, regions: TwoRegions, reference: Reference
) -> None:
    regions.reset((fault, fault), (fault,))
    answer, document = regions.ask(reference.bodies()[0])
    assert (answer["statusCode"], document["error"]["field"]) == (503, "server")
    assert answer["statusDescription"] == "503 Service Unavailable"
    assert "Traceback" not in answer["body"]
    assert "arn:" not in answer["body"]


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=[bad.name for bad in BAD_INPUTS])
def test_a_callers_mistake_comes_back_as_the_model_said_it(bad: BadInput, regions: TwoRegions) -> None:
    regions.reset()
    answer, document = regions.ask(bad.body, bad.content_type)
    assert (answer["statusCode"], document["error"]["field"]) == (bad.status, bad.field)
    assert regions.calls == ((0 if bad.status == 413 else 1), 0)


def test_an_answer_over_the_balancers_limit_is_refused(regions: TwoRegions, reference: Reference) -> None:
    regions.reset((ANSWERS_TOO_MUCH,))
    answer, document = regions.ask(reference.bodies()[0])
    assert (answer["statusCode"], document["error"]["field"]) == (413, "instances")


def test_other_methods_are_refused(regions: TwoRegions) -> None:
    regions.reset()
    answer = regions.router.invoke(alb_event(b"{}", method="PUT"))
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["field"]) == (405, "method")
    assert regions.calls == (0, 0)


def test_the_health_check_asks_the_local_model_once_per_ttl(regions: TwoRegions) -> None:
    regions.reset()
    assert regions.health_asked_anew() == 200
    assert [regions.health() for _ in range(20)] == [200] * 20
    assert regions.calls == (1, 0)
    assert regions.health_asked_anew() == 200
    assert regions.calls == (2, 0)


@pytest.mark.parametrize("fault", ["unavailable", HANGS, MODEL_FAILS, "gone"])
def test_a_region_whose_model_fails_is_unhealthy_and_recovers(fault: str, regions: TwoRegions) -> None:
    regions.reset((fault,))
    assert regions.health_asked_anew() == 503
    assert regions.health_asked_anew() == 200
    assert regions.calls == (2, 0)


def test_a_region_that_is_not_there_is_passed_over(
    app: Server, lambda_python: Path, unpacked: Callable[[str], Path], reference: Reference, tmp_path: Path
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with (
        region(app, "digits-west") as peer,
        lambda_runtime.function(
            lambda_python, unpacked("lambda-router.zip"), HANDLER, _environment(nowhere, peer.url), tmp_path / "log"
        ) as router,
    ):
        answer = router.invoke(alb_event(reference.bodies()[0]))
    assert (answer["statusCode"], answer["headers"]["X-Served-By"]) == (200, "us-west-2")


def test_without_a_peer_the_region_is_all_there_is(
    app: Server, lambda_python: Path, unpacked: Callable[[str], Path], reference: Reference, tmp_path: Path
) -> None:
    with (
        region(app, "digits-east") as local,
        lambda_runtime.function(
            lambda_python, unpacked("lambda-router.zip"), HANDLER, _environment(local.url, None), tmp_path / "log"
        ) as router,
    ):
        assert router.invoke(alb_event(reference.bodies()[0]))["statusCode"] == 200
        local.reset("unavailable", "unavailable")
        assert router.invoke(alb_event(reference.bodies()[0]))["statusCode"] == 503
