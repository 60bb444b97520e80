"""Events as API Gateway and Application Load Balancers send them, after the examples of AWS's documentation."""

from __future__ import annotations

import base64
from typing import Any


def api_gateway_event(body: bytes) -> dict[str, Any]:
    """A REST API's proxy event."""
    headers = {
        "Host": "id.execute-api.us-east-1.amazonaws.com",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
        "Content-Type": "application/json",
    }
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
        **_carry(body),
    }


def alb_event(body: bytes) -> dict[str, Any]:
    """A load balancer's event."""
    group = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/tg/49e9d65c45c6791a"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": "POST",
        "path": "/inference",
        "queryStringParameters": {},
        "headers": {"host": "lambda-846800462.us-east-2.elb.amazonaws.com", "content-type": "application/json"},
        **_carry(body),
    }


def _carry(body: bytes) -> dict[str, Any]:
    """Bodies that are not UTF-8 arrive as base64, as with binary media types."""
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
