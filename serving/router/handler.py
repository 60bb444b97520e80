"""The router's handler (`serving.router.handler.handler`): GET /healthz asks the model, POST routes a prediction."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

from serving import events, logs
from serving.contract import BadRequest, check_size, error_json
from serving.router import config
from serving.router.health import HealthCheck
from serving.router.routing import Routed, route
from serving.router.runtime import SageMakerEndpoint

# An Application Load Balancer refuses more from a function, headers and JSON around the body included.
MAX_ANSWER_BYTES = 1024 * 1024 - 4096

logs.configure(os.environ.get("LOG_LEVEL", "INFO"))
log = logging.getLogger("serving.router")
CONFIG = config.read(os.environ)
LOCAL = SageMakerEndpoint(CONFIG.local, CONFIG)
PEER = SageMakerEndpoint(CONFIG.peer, CONFIG) if CONFIG.peer else None
HEALTH = HealthCheck(LOCAL, CONFIG.health_ttl)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one load balancer event; a failure of both regions is a 503 that names neither account nor address."""
    request = events.parse(event, context.aws_request_id)
    if request.method == "GET" and request.path == "/healthz":
        return _healthz(request)
    try:
        if request.method != "POST":
            raise BadRequest("method", f"expected POST (or GET /healthz), found {request.method or 'none'}", status=405)
        body = request.body()
        check_size(len(body))
    except BadRequest as refusal:
        return events.respond(request, refusal.status, error_json(refusal.field, refusal.message, request.request_id))
    return _predict(request, body, context)


def _healthz(request: events.HttpEvent) -> dict[str, Any]:
    health = HEALTH.check()
    status = 200 if health.healthy else 503
    body = json.dumps({"region": LOCAL.region, "healthy": health.healthy, "reason": health.reason}).encode()
    return events.respond(request, status, body)


def _predict(request: events.HttpEvent, body: bytes, context: Any) -> dict[str, Any]:
    content_type = request.headers.get("content-type") or "application/octet-stream"
    routed = route(
        LOCAL,
        PEER,
        lambda endpoint: endpoint.invoke(content_type, body, request.request_id),
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    status, answer = _shaped(routed, request.request_id)
    fields = {"request_id": request.request_id, "region": routed.region, "failures": routed.failures}
    log.log(logging.WARNING if routed.failures else logging.INFO, "routed", extra={**fields, "status": status})
    return events.respond(request, status, answer, {"X-Served-By": routed.region})


def _shaped(routed: Routed, request_id: str) -> tuple[int, bytes]:
    if routed.reply is None:
        return 503, error_json("server", "the model did not answer in any region; try again", request_id)
    if len(json.dumps(routed.reply.body.decode())) > MAX_ANSWER_BYTES:  # quotes grow when put into the event
        message = f"the answer is over the load balancer's {MAX_ANSWER_BYTES} bytes; send fewer instances"
        return 413, error_json("instances", message, request_id)
    return routed.reply.status, routed.reply.body
