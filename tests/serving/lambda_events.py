"""The emulators' events with what callers and balancers may make of them, and an HTTP API's, which no stack has."""

from __future__ import annotations

import base64
from typing import Any

from serving.emulators import lambda_events


def api_gateway_event(
    body: bytes | None, content_type: str | None = "application/json", /, **changes: Any
) -> dict[str, Any]:
    event = lambda_events.api_gateway_event(body or b"")
    headers = {**event["headers"], "Content-Type": content_type}
    headers = {name: value for name, value in headers.items() if value is not None}
    many = {name: [value] for name, value in headers.items()}
    changes = {"body": None, **changes} if body is None else changes
    return {**event, "headers": headers, "multiValueHeaders": many, **changes}


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
    """`multi_value` is the target group attribute lambda.multi_value_headers.enabled."""
    event: dict[str, Any] = {**lambda_events.alb_event(body or b""), "httpMethod": method, "path": path}
    every = {**event.pop("headers"), "content-type": content_type, **(headers or {})}
    sent = {name: value for name, value in every.items() if value is not None}
    event |= {"multiValueHeaders": {k: [v] for k, v in sent.items()}} if multi_value else {"headers": sent}
    if body is None:
        event["body"] = None
    elif base64_encoded:
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return event
