"""The same 100 images get the same answers from every adapter in its real runtime, equal to the trained model's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from serving.emulators.lambda_runtime import Function
from tests.serving.conftest import Reference
from tests.serving.lambda_events import alb_event, api_gateway_event
from tests.serving.running import Server

Ask = Callable[[bytes], tuple[int, Any]]


@pytest.fixture(scope="session")
def sagemaker(app: Server) -> Ask:
    return lambda body: (lambda a: (a.status, a.document))(app.predict(body, "/invocations"))


@pytest.fixture(scope="session")
def ecs(app: Server) -> Ask:
    return lambda body: (lambda a: (a.status, a.document))(app.predict(body, "/inference"))


@pytest.fixture(scope="session")
def azure(azureml: Server) -> Ask:
    return lambda body: (lambda a: (a.status, a.document))(azureml.predict(body, "/score"))


@pytest.fixture(scope="session")
def api_gateway(lambda_function: Function) -> Ask:
    return lambda body: _unwrap(lambda_function.invoke(api_gateway_event(body)))


@pytest.fixture(scope="session")
def load_balancer(lambda_function: Function) -> Ask:
    return lambda body: _unwrap(lambda_function.invoke(alb_event(body, base64_encoded=True)))


def _unwrap(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("adapter", ["sagemaker", "ecs", "azure", "api_gateway", "load_balancer"])
def test_answers_equal_the_trained_models(adapter: str, reference: Reference, request: pytest.FixtureRequest) -> None:
    ask: Ask = request.getfixturevalue(adapter)
    answers = [ask(body) for body in reference.bodies()]

    assert {status for status, _ in answers} == {200}
    reference.check(*(document["predictions"][0] for _, document in answers))


@pytest.mark.parametrize("adapter", ["ecs", "azure", "api_gateway", "load_balancer"])
def test_answers_are_identical_on_all_adapters(
    adapter: str, reference: Reference, sagemaker: Ask, request: pytest.FixtureRequest
) -> None:
    ask: Ask = request.getfixturevalue(adapter)
    body = json.dumps({"instances": reference.instances}).encode()

    assert ask(body) == sagemaker(body)
    assert len(ask(body)[1]["predictions"]) == len(reference.instances)
