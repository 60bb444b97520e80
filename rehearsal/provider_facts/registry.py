"""AWS's own resource schemas, read where cfn-lint keeps them.

The PyPI package `cfn-lint` ships the CloudFormation registry: one JSON schema per resource type, with the properties
that can only be set at creation, patterns, lengths, ranges and enums, and beside it lists of the instance types that
each service offers. Only the JSON is read, one file per type, when it is first needed: importing cfn-lint itself
takes two seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# The region whose registry is the largest; every other region's is a subset of its types.
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
    """CloudFormation type name → stem of its schema file."""
    return _read(_folder() / "providers" / f"{_REGION}.json")


@cache
def schema(cfn_type: str) -> dict[str, Any]:
    """The registry's schema of one type, for example `AWS::SageMaker::EndpointConfig`.

    Raises KeyError for a type the registry does not have.
    """
    return _read(_folder() / "resources" / f"{file_names()[cfn_type]}.json")


@cache
def list_offered(extension: str) -> frozenset[str]:
    """Every value that some region offers, from an extension file like `aws_sagemaker_hosting/instancetype_enum`."""
    return frozenset(_walk_enums(_read(_folder() / "extensions" / f"{extension}.json")))


def _walk_enums(node: Any) -> Iterator[str]:
    """Whatever stands in an `enum`, at any depth: some lists depend on the engine and its licence."""
    if isinstance(node, dict):
        yield from node.get("enum", ())
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _walk_enums(item)


def resolve(node: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref` until a schema without one; anything that is no schema (a boolean, say) becomes an empty one."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        target: Any = root
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(key, {}) if isinstance(target, dict) else {}
        node = target
    return node if isinstance(node, dict) else {}
