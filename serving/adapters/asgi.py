"""SageMaker's and ECS's adapter: one ASGI app that speaks both container contracts.

SageMaker asks `GET /ping` and `POST /invocations`
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html); an ECS service behind a load
balancer asks `GET /health` (the process lives), `GET /ready` (it wants traffic) and `POST /inference`.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from serving.contract import CONTENT_TYPE, BadRequest, error_json
from serving.description import DESCRIBED
from serving.server import metrics
from serving.server.limits import Admission, Overloaded, read_body
from serving.server.observe import Observed, request_id_of
from serving.service import Answer, Model, answer, refuse


class Lifecycle:
    """`draining` turns true when the process was told to end: no new traffic, connections close after their answer."""

    draining = False


class Endpoints:
    """The handlers of one worker. They share its model, its places for requests and its one thread to predict on."""

    def __init__(self, model: Model, max_concurrency: int, body_timeout: float, lifecycle: Lifecycle) -> None:
        self._model = model
        self._admission = Admission(max_concurrency)
        self._body_timeout = body_timeout
        self._lifecycle = lifecycle
        # onnxruntime leaves the interpreter's lock while it computes: health checks are answered meanwhile
        self._predictor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="predict")

    async def predict(self, request: Request) -> Response:
        request_id = request_id_of(request)
        try:
            with self._admission.enter(), metrics.IN_FLIGHT.track_inprogress():
                body = await read_body(request, self._body_timeout)
                result = await self._compute(request.headers.get("content-type"), body, request_id)
        except BadRequest as refusal:
            result = refuse(refusal, request_id)
        except Overloaded:
            metrics.REFUSED.labels("concurrency").inc()
            message = f"{self._admission.limit} requests are in flight, the most this worker takes; try again"
            return _json(503, error_json("concurrency", message, request_id), {"Retry-After": "1"})
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it; the log line keeps the status
        metrics.INSTANCES.inc(result.instances)
        return _json(result.status, result.body)

    async def alive(self, request: Request) -> Response:
        return _json(200, b'{"status":"alive"}')

    async def ready(self, request: Request) -> Response:
        if self._lifecycle.draining:
            return _json(503, b'{"status":"draining"}')
        result = await self._compute(CONTENT_TYPE, DESCRIBED.canary_request, request_id_of(request))
        return _json(200, b'{"status":"ready"}') if result.status == 200 else _json(503, b'{"status":"model fails"}')

    async def ping(self, request: Request) -> Response:
        return Response(status_code=(await self.ready(request)).status_code)  # SageMaker wants an empty body

    async def scrape(self, request: Request) -> Response:
        """The metrics, for clients that connect to the container directly; through a load balancer the page does not
        exist."""
        if "x-forwarded-for" in request.headers:
            raise HTTPException(404)
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")

    async def _compute(self, content_type: str | None, body: bytes, request_id: str) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._predictor, answer, self._model, content_type, body, request_id)


def create_app(model: Model, *, max_concurrency: int, body_timeout: float, lifecycle: Lifecycle) -> Observed:
    """The app of one worker, which takes `max_concurrency` requests at once and waits `body_timeout` s for a body."""
    endpoints = Endpoints(model, max_concurrency, body_timeout, lifecycle)
    routes = [
        Route("/ping", endpoints.ping),
        Route("/invocations", endpoints.predict, methods=["POST"]),
        Route("/health", endpoints.alive),
        Route("/ready", endpoints.ready),
        Route("/inference", endpoints.predict, methods=["POST"]),
        Route("/metrics", endpoints.scrape),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _http_error})
    app.router.redirect_slashes = False  # a client that follows a redirect may drop the body
    return Observed(app, {route.path for route in routes}, lambda: lifecycle.draining)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    field = {404: "path", 405: "method"}.get(error.status_code, "request")
    message = f"{request.method} {request.url.path}: {error.detail}"
    return _json(error.status_code, error_json(field, message, request_id_of(request)), dict(error.headers or {}))


def _json(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status_code=status, headers=headers, media_type=CONTENT_TYPE)
