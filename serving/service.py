"""From the bytes of a request to the bytes of an answer: what every adapter calls, so that all answer alike."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from serving.contract import BadRequest, PredictRequest, PredictResponse, error_json, parse_request

log = logging.getLogger("serving")


class Model(Protocol):
    def predict(self, request: PredictRequest) -> PredictResponse: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is the HTTP status, `body` is JSON, `instances` counts predictions, `field` is what was refused."""

    status: int
    body: bytes
    instances: int = 0
    field: str | None = None


def answer(model: Model, content_type: str | None, body: bytes, request_id: str) -> Answer:
    """Predict, or say what is wrong with the request. Never raises: a failing model is a 500 without its traceback."""
    try:
        request = parse_request(content_type, body)
        return Answer(200, model.predict(request).to_json(), instances=len(request.instances))
    except BadRequest as refusal:
        return refuse(refusal, request_id)
    except Exception:
        log.exception("prediction failed", extra={"request_id": request_id})
        return Answer(500, error_json("server", "the model failed; the log has the cause", request_id), field="server")


def refuse(refusal: BadRequest, request_id: str) -> Answer:
    """The answer to a caller's mistake."""
    return Answer(refusal.status, error_json(refusal.field, refusal.message, request_id), field=refusal.field)
