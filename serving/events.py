"""Lambda's HTTP events: API Gateway REST and HTTP APIs and Application Load Balancers, in and out.

Shapes: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

from __future__ import annotations

import base64
import binascii
import http.client
from dataclasses import dataclass
from typing import Any

from serving import logs
from serving.contract import CONTENT_TYPE, BadRequest

_REQUEST_ID = logs.REQUEST_ID_HEADER.lower()


@dataclass(frozen=True, slots=True)
class HttpEvent:
    """`headers` have lower-case names; `multi_value` says that the balancer wants multi-value headers back."""

    method: str
    path: str
    headers: dict[str, str]
    request_id: str
    multi_value: bool
    raw_body: Any
    is_base64: bool

    def body(self) -> bytes:
        """The request's body.

        Raises:
            BadRequest: it is not text, or is marked as base64 and is not.
        """
        if self.raw_body is None:
            return b""
        if not isinstance(self.raw_body, str):
            raise BadRequest("body", f"expected text, found {type(self.raw_body).__name__}")
        if not self.is_base64:
            return self.raw_body.encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self.raw_body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadRequest("body", f"isBase64Encoded is true but it is not base64: {error}") from None


def parse(event: Any, aws_request_id: str) -> HttpEvent:
    """Read an event of any of the three shapes; an event of another shape gets an empty method and path."""
    event = event if isinstance(event, dict) else {}
    context = _mapping(event, "requestContext")
    http_api = _mapping(context, "http")
    headers = {str(k).lower(): _joined(v) for k, v in _mapping(event, "multiValueHeaders").items()}
    headers.update((str(k).lower(), str(v)) for k, v in _mapping(event, "headers").items())
    return HttpEvent(
        method=str(event.get("httpMethod") or http_api.get("method") or ""),
        path=str(event.get("path") or event.get("rawPath") or ""),
        headers=headers,
        request_id=logs.request_id(headers.get(_REQUEST_ID), headers.get("x-amzn-trace-id"), aws_request_id),
        multi_value="elb" in context and isinstance(event.get("multiValueHeaders"), dict),
        raw_body=event.get("body"),
        is_base64=event.get("isBase64Encoded") is True,
    )


def respond(event: HttpEvent, status: int, body: bytes, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The answer in the shape that the event's sender wants (`statusDescription` is the load balancer's)."""
    all_headers = {"Content-Type": CONTENT_TYPE, logs.REQUEST_ID_HEADER: event.request_id, **(headers or {})}
    answer: dict[str, Any] = {
        "statusCode": status,
        "statusDescription": f"{status} {http.client.responses.get(status, '')}".strip(),
        "isBase64Encoded": False,
        "body": body.decode(),
    }
    if event.multi_value:
        answer["multiValueHeaders"] = {name: [value] for name, value in all_headers.items()}
    else:
        answer["headers"] = all_headers
    return answer


def _joined(values: Any) -> str:
    return ",".join(map(str, values)) if isinstance(values, list) else str(values)


def _mapping(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}
