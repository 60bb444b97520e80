"""The JSON schema of a request to the model that `model/model.toml` describes, for an entrance that checks bodies."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "model" / "model.toml"
"""Of the checkout that `shared` was imported from, also where that is a link to another one's, as in the tests."""


def read_description(file: Path = FILE) -> dict[str, Any]:
    """What model/model.toml says, as plain values. Raises ValueError, naming the file, if it is missing or no TOML."""
    where = f"{file.parent.name}/{file.name}"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{where}: cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where}: no TOML: {error}") from error


def request_schema(described: Mapping[str, Any]) -> str:
    """In draft 4, as API Gateway's models are (https://docs.aws.amazon.com/apigateway/latest/api/API_CreateModel.html).

    The app's own contract (serving/contract.py) refuses the same and says which field; the entrance saves the call.
    """
    inputs = described["inputs"]
    if len(inputs) == 1:
        instance = schema_of(inputs[0])
    else:
        properties = {tensor["name"]: schema_of(tensor) for tensor in inputs}
        instance = closed_object(properties)
    instances = {
        "type": "array",
        "minItems": 1,
        "maxItems": described.get("most_instances", 256),
        "items": instance,
    }
    request = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "InferenceRequest"}
    return json.dumps(request | closed_object({"instances": instances}), indent=2) + "\n"


def schema_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """Of an input's value in one instance."""
    schema: dict[str, Any] = {"type": "integer" if described.get("integer") else "number"}
    schema |= {"minimum": described["lowest"]} if "lowest" in described else {}
    schema |= {"maximum": described["highest"]} if "highest" in described else {}
    for size in reversed(described.get("shape", [])):
        schema = {"type": "array", "minItems": size, "maxItems": size, "items": schema}
    return schema


def closed_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """An object with all of the properties and no others."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": dict(properties),
    }
