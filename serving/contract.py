"""What a caller sends and receives, the same behind every backend.

Request: `POST`, `Content-Type: application/json`, at most 1 MiB (what an Application Load Balancer lets through to a
Lambda function, the tightest limit of all backends):

    {"instances": [[64 numbers from 0 to 16], ...]}      1 to 256 images of 8 x 8 grey values, row by row

Answer:

    {"predictions": [{"label": 3, "probabilities": [10 numbers]}, ...],
     "model": {"name": "digits", "version": "1.0.0", "sha256": "..."}}

Refusal: the HTTP status of the `BadRequest` and

    {"error": {"field": "instances[0][5]", "message": "expected ..., found ..."}, "request_id": "..."}

Standard library only: the Lambda router and the load test import it as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_BODY_BYTES = 1024 * 1024
MAX_INSTANCES = 256
PIXELS = 64
LOWEST, HIGHEST = 0, 16
CONTENT_TYPE = "application/json"
# An image whose only lit pixels form a vertical stroke: what health checks ask the model about.
CANARY = b'{"instances":[[' + b",".join([b"0,0,0,8,8,0,0,0"] * 8) + b"]]}"


class BadRequest(Exception):
    """The caller's mistake: `field` names where it is, `status` is the HTTP status (4xx)."""

    def __init__(self, field: str, message: str, status: int = 400) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class PredictRequest:
    """`instances`: one row of `PIXELS` grey values per image."""

    instances: list[list[float]]


@dataclass(frozen=True, slots=True)
class Prediction:
    """`probabilities[d]` is the probability that the image shows the digit d, rounded to 6 places."""

    label: int
    probabilities: list[float]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answered; `sha256` is the digest of the ONNX file that was loaded."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PredictResponse:
    predictions: list[Prediction]
    model: ModelIdentity

    def to_json(self) -> bytes:
        document = {
            "predictions": [{"label": p.label, "probabilities": p.probabilities} for p in self.predictions],
            "model": {"name": self.model.name, "version": self.model.version, "sha256": self.model.sha256},
        }
        return json.dumps(document, separators=(",", ":")).encode()


def error_json(field: str, message: str, request_id: str) -> bytes:
    """The body of every answer that is not a prediction."""
    return json.dumps({"error": {"field": field, "message": message}, "request_id": request_id}).encode()


def parse_request(content_type: str | None, body: bytes) -> PredictRequest:
    """Read and check a request.

    Raises:
        BadRequest: 415 for another content type, 413 for a body over `MAX_BODY_BYTES`, 400 for anything else.
    """
    check_content_type(content_type)
    check_size(len(body))
    document = _parse_json(body)
    if not isinstance(document, dict):
        _refuse("body", 'an object {"instances": [...]}', document)
    for key in document:
        if key != "instances":
            raise BadRequest(_shown(key), "unknown field, expected only 'instances'")
    if "instances" not in document:
        raise BadRequest("instances", f"missing, expected a list of 1 to {MAX_INSTANCES} images")
    return PredictRequest(_check_instances(document["instances"]))


def check_content_type(content_type: str | None) -> None:
    """Accept `application/json`, with `charset=utf-8` or without a charset."""
    media_type, _, parameters = (content_type or "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media_type.strip() != CONTENT_TYPE or charset not in ("", "utf-8", "utf8"):
        raise BadRequest("Content-Type", f"expected {CONTENT_TYPE} in UTF-8, found {_shown(content_type)}", status=415)


def check_size(size: int) -> None:
    if size > MAX_BODY_BYTES:
        raise BadRequest("body", f"expected at most {MAX_BODY_BYTES} bytes, found {size}", status=413)


def _parse_json(body: bytes) -> Any:
    if not body:
        raise BadRequest("body", 'empty, expected {"instances": [...]}')
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("body", f"expected UTF-8, found byte 0x{body[error.start]:02x} at {error.start}") from None
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicates)
    except json.JSONDecodeError as error:
        raise BadRequest("body", f"not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise BadRequest("body", "nested too deeply, expected lists of numbers in 'instances'") from None
    except ValueError:  # int() refuses numbers of more than 4,300 digits since CVE-2020-10735
        raise BadRequest("body", "a number has too many digits") from None


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest("body", f"{name} is not JSON, expected a number from {LOWEST} to {HIGHEST}")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise BadRequest(_shown(next(n for n in names if names.count(n) > 1)), "given more than once")
    return members


def _check_instances(instances: Any) -> list[list[float]]:
    if not isinstance(instances, list):
        _refuse("instances", f"a list of 1 to {MAX_INSTANCES} images", instances)
    if not 1 <= len(instances) <= MAX_INSTANCES:
        raise BadRequest("instances", f"expected 1 to {MAX_INSTANCES} images, found {len(instances)}")
    for index, row in enumerate(instances):
        if not isinstance(row, list):
            _refuse(f"instances[{index}]", f"a list of {PIXELS} numbers", row)
        if len(row) != PIXELS:
            raise BadRequest(f"instances[{index}]", f"expected {PIXELS} numbers, found {len(row)}")
        # The set and min/max run in C; only a row known to be wrong is searched number by number.
        if not ({*map(type, row)} <= {int, float} and min(row) >= LOWEST and max(row) <= HIGHEST):
            _refuse_number(index, row)
    return instances


def _refuse_number(index: int, row: list[Any]) -> NoReturn:
    bad = next(i for i, v in enumerate(row) if type(v) not in (int, float) or not LOWEST <= v <= HIGHEST)
    _refuse(f"instances[{index}][{bad}]", f"a number from {LOWEST} to {HIGHEST}", row[bad])


def _refuse(field: str, expected: str, found: Any) -> NoReturn:
    raise BadRequest(field, f"expected {expected}, found {_shown(found)}")


def _shown(value: Any) -> str:
    """A value as an error may repeat it: short, and a container only by its kind."""
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = json.dumps(value) if value is not None else "null"
    return text if len(text) <= 40 else f"{text[:37]}..."
