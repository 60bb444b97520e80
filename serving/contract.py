"""What a caller sends and receives, the same behind every backend.

Request: `POST`, `Content-Type: application/json`, at most 1 MiB (what an Application Load Balancer lets through to a
Lambda function, the tightest limit of all backends):

    {"instances": [...]}      each a list of the input's shape, or an object of the inputs where there are several

Answer:

    {"predictions": [{<output>: <value>, ...}, ...],      one for each instance
     "model": {"name": "...", "version": "...", "sha256": "..."}}

Refusal: the HTTP status of the `BadRequest` and

    {"error": {"field": "instances[0][5]", "message": "expected ..., found ..."}, "request_id": "..."}

What inputs and outputs there are says model/model.toml. Standard library only: the Lambda router and the load test
import it as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from serving.description import DESCRIBED, Description, Input

MAX_BODY_BYTES = 1024 * 1024
CONTENT_TYPE = "application/json"


class BadRequest(Exception):
    """The caller's mistake: `field` names where it is, `status` is the HTTP status (4xx)."""

    def __init__(self, field: str, message: str, status: int = 400) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class PredictRequest:
    """`instances`: the values of the only input, or a dictionary of the inputs, for each instance."""

    instances: list[Any]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answered; `sha256` is the digest of the file that was loaded."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PredictResponse:
    """`predictions`: for each instance the outputs by name, numbers rounded to 6 places."""

    predictions: list[dict[str, Any]]
    model: ModelIdentity

    def to_json(self) -> bytes:
        document = {
            "predictions": self.predictions,
            "model": {"name": self.model.name, "version": self.model.version, "sha256": self.model.sha256},
        }
        return json.dumps(document, separators=(",", ":")).encode()


def error_json(field: str, message: str, request_id: str) -> bytes:
    """The body of every answer that is not a prediction."""
    return json.dumps({"error": {"field": field, "message": message}, "request_id": request_id}).encode()


def parse_request(content_type: str | None, body: bytes, described: Description = DESCRIBED) -> PredictRequest:
    """Read and check a request to the model that is described.

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
        raise BadRequest("instances", f"missing, expected a list of 1 to {described.most_instances} instances")
    return PredictRequest(_check_instances(document["instances"], described))


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
        raise BadRequest("body", "nested too deeply, expected numbers in 'instances'") from None
    except ValueError:  # int() refuses numbers of more than 4,300 digits since CVE-2020-10735
        raise BadRequest("body", "a number has too many digits") from None


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest("body", f"{name} is not JSON, expected a number")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise BadRequest(_shown(next(n for n in names if names.count(n) > 1)), "given more than once")
    return members


def _check_instances(instances: Any, described: Description) -> list[Any]:
    most = described.most_instances
    if not isinstance(instances, list):
        _refuse("instances", f"a list of 1 to {most} instances", instances)
    if not 1 <= len(instances) <= most:
        raise BadRequest("instances", f"expected 1 to {most} instances, found {len(instances)}")
    for index, instance in enumerate(instances):
        if len(described.inputs) == 1:
            _check_values(f"instances[{index}]", instance, described.inputs[0], described.inputs[0].shape)
        else:
            _check_object(f"instances[{index}]", instance, described.inputs)
    return instances


def _check_object(place: str, instance: Any, inputs: tuple[Input, ...]) -> None:
    names = ", ".join(each.name for each in inputs)
    if not isinstance(instance, dict):
        _refuse(place, f"an object of {names}", instance)
    if unknown := [key for key in instance if key not in {each.name for each in inputs}]:
        raise BadRequest(f"{place}.{_shown(unknown[0])[1:-1]}", f"unknown input, expected {names}")
    for each in inputs:
        if each.name not in instance:
            raise BadRequest(f"{place}.{each.name}", "missing")
        _check_values(f"{place}.{each.name}", instance[each.name], each, each.shape)


def _check_values(place: str, value: Any, of: Input, shape: list[int]) -> None:
    if not shape:
        if not _is_allowed(value, of):
            _refuse(place, of.kind, value)
        return
    wanted = "numbers" if len(shape) == 1 else "lists"
    if not isinstance(value, list):
        _refuse(place, f"a list of {shape[0]} {wanted}", value)
    if len(value) != shape[0]:
        raise BadRequest(place, f"expected {shape[0]} {wanted}, found {len(value)}")
    kinds = {int} if of.integer else {int, float}
    # The set and min/max run in C; only a row known to be wrong is searched number by number.
    if len(shape) == 1 and {*map(type, value)} <= kinds and min(value) >= of.lowest and max(value) <= of.highest:
        return
    for index, inner in enumerate(value):
        _check_values(f"{place}[{index}]", inner, of, shape[1:])


def _is_allowed(value: Any, of: Input) -> bool:
    return type(value) in ((int,) if of.integer else (int, float)) and of.lowest <= value <= of.highest


def _refuse(field: str, expected: str, found: Any) -> NoReturn:
    raise BadRequest(field, f"expected {expected}, found {_shown(found)}")


def _shown(value: Any) -> str:
    """A value as an error may repeat it: short, and a container only by its kind."""
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = json.dumps(value) if value is not None else "null"
    return text if len(text) <= 40 else f"{text[:37]}..."
