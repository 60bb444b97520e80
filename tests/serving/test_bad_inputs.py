"""Every adapter refuses every bad input with a 4xx that names the field, and goes on serving."""

from __future__ import annotations

import json
from typing import Any

import pytest

from serving.emulators.lambda_runtime import Function
from tests.serving.bad_inputs import BAD_INPUTS, BadInput
from tests.serving.conftest import Reference
from tests.serving.lambda_events import alb_event, api_gateway_event
from tests.serving.running import Server

EACH = pytest.mark.parametrize("bad", BAD_INPUTS, ids=[bad.name for bad in BAD_INPUTS])


def check(bad: BadInput, status: int, document: Any) -> None:
    assert status == bad.status, document
    assert document["error"]["field"] == bad.field
    assert len(document["error"]["message"]) > 3
    assert "Traceback" not in str(document)
    assert document["request_id"]


def send(server: Server, path: str, bad: BadInput) -> None:
    headers = {} if bad.content_type is None else {"Content-Type": bad.content_type}
    answer = server.send("POST", path, bad.body, headers)
    check(bad, answer.status, answer.document)
    assert answer.headers["content-type"] == "application/json"


def test_there_are_sixty_cases_and_they_differ() -> None:
    assert len({(bad.body, bad.content_type) for bad in BAD_INPUTS}) == len(BAD_INPUTS) >= 60


@EACH
def test_sagemaker(bad: BadInput, app: Server) -> None:
    send(app, "/invocations", bad)


@EACH
def test_ecs(bad: BadInput, app: Server) -> None:
    send(app, "/inference", bad)


@EACH
def test_azure_ml(bad: BadInput, azureml: Server) -> None:
    send(azureml, "/score", bad)


@EACH
def test_lambda_behind_api_gateway(bad: BadInput, lambda_function: Function) -> None:
    answer = lambda_function.invoke(api_gateway_event(bad.body or None, bad.content_type))
    check(bad, answer["statusCode"], json.loads(answer["body"]))


@EACH
def test_lambda_behind_a_load_balancer(bad: BadInput, lambda_function: Function) -> None:
    answer = lambda_function.invoke(alb_event(bad.body, bad.content_type, base64_encoded=True))
    check(bad, answer["statusCode"], json.loads(answer["body"]))


def test_all_still_answer_afterwards(
    app: Server, azureml: Server, lambda_function: Function, reference: Reference
) -> None:
    body = reference.bodies()[0]
    assert app.predict(body).status == 200
    assert azureml.predict(body, "/score").status == 200
    assert lambda_function.invoke(api_gateway_event(body))["statusCode"] == 200
