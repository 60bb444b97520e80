"""Reads AWS's CloudFormation schemas from the files of the Python package `cfn-lint`.

The package ships the CloudFormation registry: one JSON schema per resource type, with create-only properties, patterns,
lengths, ranges and enums. It also ships lists of the instance types that each service offers. A type's JSON file is
read when it is first needed. cfn-lint is not imported, because that takes two seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# The region with the largest registry. The registries of all other regions are subsets of it.
_REGION = "us-east-1"


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: its schemas say what AWS refuses; run `make setup`")
    return Path(spec.origin).parent / "data" / "schemas"


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def file_names() -> dict[str, str]:
    """Maps CloudFormation type names to the stems of their schema files."""
    return _read(_folder() / "providers" / f"{_REGION}.json")


@cache
def schema(cfn_type: str) -> dict[str, Any]:
    """Returns the registry's schema for a type, for example `AWS::SageMaker::EndpointConfig`.

    Raises KeyError for a type that the registry does not have.
    """
    return _read(_folder() / "resources" / f"{file_names()[cfn_type]}.json")


@cache
def list_offered(extension: str) -> frozenset[str]:
    """Returns the values that any region offers, from an extension like `aws_sagemaker_hosting/instancetype_enum`."""
    return frozenset(_walk_enums(_read(_folder() / "extensions" / f"{extension}.json")))


def _walk_enums(node: Any) -> Iterator[str]:
    """Yields the values of every `enum` at any depth, because some lists depend on the engine and its licence."""
    if isinstance(node, dict):
        yield from node.get("enum", ())
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _walk_enums(item)


def resolve(node: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Follows `$ref` to a schema without one. Returns {} for anything that is not a schema, such as a boolean."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        target: Any = root
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(key, {}) if isinstance(target, dict) else {}
        node = target
    return node if isinstance(node, dict) else {}
