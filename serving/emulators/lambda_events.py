"""Events as API Gateway and Application Load Balancers send them, after the examples of AWS's documentation."""

from __future__ import annotations

import base64
from typing import Any


def api_gateway_event(
    body: bytes | None, content_type: str | None = "application/json", /, **changes: Any
) -> dict[str, Any]:
    """A REST API's proxy event; bodies that are not UTF-8 arrive as base64, as with binary media types."""
    headers = {
        "Host": "id.execute-api.us-east-1.amazonaws.com",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
    }
    if content_type is not None:
        headers["Content-Type"] = content_type
    text, encoded = _text(body)
    return {
        "resource": "/inference",
        "path": "/inference",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "stage": "prod", "httpMethod": "POST"},
        "body": text,
        "isBase64Encoded": encoded,
        **changes,
    }


def http_api_event(body: bytes) -> dict[str, Any]:
    """An HTTP API's event, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "POST /inference",
        "rawPath": "/inference",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "path": "/inference", "protocol": "HTTP/1.1"},
            "requestId": "JKJaXmPLvHcESHA=",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def alb_event(
    body: bytes | None,
    content_type: str | None = "application/json",
    *,
    method: str = "POST",
    path: str = "/inference",
    base64_encoded: bool = False,
    multi_value: bool = False,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A load balancer's event; `multi_value` is the target group attribute lambda.multi_value_headers.enabled."""
    all_headers = {"host": "lambda-846800462.us-east-2.elb.amazonaws.com", **(headers or {})}
    if content_type is not None:
        all_headers["content-type"] = content_type
    text, encoded = _text(body)
    if base64_encoded and not encoded:
        text, encoded = base64.b64encode(body or b"").decode(), True
    shaped = (
        {"multiValueHeaders": {k: [v] for k, v in all_headers.items()}} if multi_value else {"headers": all_headers}
    )
    return {
        "requestContext": {
            "elb": {
                "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/tg/49e9d65c45c6791a"
            }
        },
        "httpMethod": method,
        "path": path,
        "queryStringParameters": {},
        **shaped,
        "body": text,
        "isBase64Encoded": encoded,
    }


def _text(body: bytes | None) -> tuple[str | None, bool]:
    if body is None:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True
