"""The Lambda adapter under awslambdaric: event shapes, base64, and failures that must not reach API Gateway as 502."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serving.emulators import lambda_runtime
from serving.emulators.lambda_runtime import Function, FunctionError
from tests.serving.conftest import Reference
from tests.serving.lambda_events import alb_event, api_gateway_event, http_api_event

HANDLER = "serving.adapters.aws_lambda.handler"


def test_http_api_payload_version_2(lambda_function: Function, reference: Reference) -> None:
    answer = lambda_function.invoke(http_api_event(reference.bodies()[0]))
    assert answer["statusCode"] == 200
    reference.check(json.loads(answer["body"])["predictions"][0])


def test_a_balancer_with_multi_value_headers_gets_them_back(lambda_function: Function, reference: Reference) -> None:
    answer = lambda_function.invoke(alb_event(reference.bodies()[0], multi_value=True))
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert "headers" not in answer
    assert answer["statusDescription"] == "200 OK"


@pytest.mark.parametrize("text", ["%%%", "eyJ", "e30=\n=", "é", "{}"])
def test_bad_base64_is_the_callers_mistake(text: str, lambda_function: Function) -> None:
    answer = lambda_function.invoke(api_gateway_event(b"", body=text, isBase64Encoded=True))
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["field"] == "body"


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        "text",
        5,
        {"httpMethod": None},
        {"headers": []},
        {"requestContext": 1, "body": {}},
        {"multiValueHeaders": {"x": 5, "y": None, "z": [1, None]}},
    ],
    ids=str,
)
def test_an_event_of_another_kind_is_refused_not_raised(event: Any, lambda_function: Function) -> None:
    answer = lambda_function.invoke(event)
    assert answer["statusCode"] == 405
    assert json.loads(answer["body"])["error"]["field"] == "method"


def test_a_body_that_is_not_text(lambda_function: Function) -> None:
    answer = lambda_function.invoke(api_gateway_event(None, body={"instances": []}))
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["field"]) == (400, "body")


def test_the_callers_request_id_comes_back_unless_it_could_forge_a_header(lambda_function: Function) -> None:
    kept = lambda_function.invoke(alb_event(b"{}", headers={"x-request-id": "order-17"}))
    forged = lambda_function.invoke(alb_event(b"{}", headers={"x-request-id": "a\r\nSet-Cookie: b"}))
    assert kept["headers"]["X-Request-Id"] == "order-17" == json.loads(kept["body"])["request_id"]
    assert "Set-Cookie" not in forged["headers"]["X-Request-Id"]


def test_another_model_than_the_reviewed_one_does_not_start(
    lambda_python: Path, unpacked: Callable[[str], Path], tmp_path: Path
) -> None:
    code, model = unpacked("lambda-function.zip"), unpacked("lambda-model.zip") / "model"
    environment = {"MODEL_DIR": str(model), "MODEL_SHA256": "0" * 64}
    with (
        pytest.raises(FunctionError, match=r"expected sha256 0000.*found"),
        lambda_runtime.function(lambda_python, code, HANDLER, environment, tmp_path / "log"),
    ):
        pass
