"""The outermost ASGI layer: request ids, one log line and two metrics per request, and a 500 without internal
details."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import logs
from serving.contract import CONTENT_TYPE, error_json
from serving.server import metrics

log = logging.getLogger("serving.request")
_STATE_KEY = "serving.request_id"
# The caller's own, what our router hands through SageMaker, the load balancer's.
_ID_HEADERS = (logs.REQUEST_ID_HEADER, "X-Amzn-SageMaker-Custom-Attributes", "X-Amzn-Trace-Id")


def request_id_of(request: Request) -> str:
    return request.scope[_STATE_KEY]


class Observed:
    """Wraps `app`; `routes` bounds the metrics' label values, `draining()` closes connections after the answer."""

    def __init__(self, app: ASGIApp, routes: Collection[str], draining: Callable[[], bool]) -> None:
        self._app = app
        self._routes = routes
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        request_id = logs.request_id(*map(headers.get, _ID_HEADERS))
        scope[_STATE_KEY] = request_id
        status = 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = MutableHeaders(scope=message)
                answered[logs.REQUEST_ID_HEADER] = request_id
                if self._draining():
                    answered["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, send_observed)
        except Exception:
            log.exception("unexpected failure", extra={"request_id": request_id})
            await _send_500(send_observed, request_id)
        finally:
            self._record(scope, status, time.perf_counter() - started, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope["path"] if scope["path"] in self._routes else "other"
        metrics.REQUESTS.labels(route, status).inc()
        metrics.DURATION.labels(route).observe(seconds)
        level = logging.INFO if status < 500 else logging.WARNING
        if log.isEnabledFor(level):
            fields = {"request_id": request_id, "method": scope["method"], "path": scope["path"], "status": status}
            log.log(level, "request", extra={**fields, "ms": round(seconds * 1000, 3)})


async def _send_500(send: Send, request_id: str) -> None:
    headers = [(b"content-type", CONTENT_TYPE.encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": error_json("server", "unexpected failure", request_id)})
