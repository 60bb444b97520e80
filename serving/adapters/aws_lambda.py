"""AWS Lambda's adapter: an API Gateway or load balancer event in, a proxy answer out.

Handler: `serving.adapters.aws_lambda.handler`. The model is loaded while Lambda initialises the environment, so that
provisioned concurrency pays for it and no caller waits.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

from serving import events, logs
from serving.contract import BadRequest
from serving.model import OnnxModel
from serving.service import Answer, answer, refuse

logs.configure(os.environ.get("LOG_LEVEL", "INFO"))
log = logging.getLogger("serving.request")
LAYER = "/opt/model"  # where lambda-model.zip is unpacked
MODEL = OnnxModel(Path(os.environ.get("MODEL_DIR") or LAYER), os.environ.get("MODEL_SHA256") or None)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one event; never raises, so that API Gateway never turns a caller's mistake into a 502."""
    started = time.perf_counter()
    request = events.parse(event, context.aws_request_id)
    result = _answer(request)
    fields = {"request_id": request.request_id, "aws_request_id": context.aws_request_id, "status": result.status}
    milliseconds = round((time.perf_counter() - started) * 1000, 3)
    log.info("request", extra={**fields, "instances": result.instances, "field": result.field, "ms": milliseconds})
    return events.respond(request, result.status, result.body)


def _answer(request: events.HttpEvent) -> Answer:
    try:
        if request.method != "POST":
            raise BadRequest("method", f"expected POST, found {request.method or 'none'}", status=405)
        body = request.body()
    except BadRequest as refusal:
        return refuse(refusal, request.request_id)
    return answer(MODEL, request.headers.get("content-type"), body, request.request_id)
