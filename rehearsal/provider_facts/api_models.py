"""A second source for enums and names: AWS's API models, which botocore ships.

CloudFormation's enums sometimes lag behind the API (`AWS_SERVICE` of DevOps Guru), while the Terraform provider follows
the API. A value outside of an enum is refused only if the API does not accept it either. A model is large, so it is
read only when a value would be refused.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rehearsal.tables import read_table

_BOTOCORE_NAMES = read_table(Path(__file__).with_name("botocore.toml"))
"""CloudFormation's service names and botocore's names for the same services, where they differ."""


_VERBS = ("Create", "Put", "Register")


def accepts(cfn_type: str, value: str, others: Collection[str]) -> bool:
    """Whether the type's service accepts `value` for an enum that CloudFormation lists as `others`.

    It does if an enum of the API holds both `value` and one of `others`, or if no enum of the API holds any of
    `others`, because the API then accepts any text. Returns False if the service's model cannot be found.
    """
    enums = _enums(cfn_type.split("::")[1].lower())
    akin = [enum for enum in enums if not enum.isdisjoint(others)]
    return bool(enums) and (not akin or any(value in enum for enum in akin))


def list_accepted(shape: str) -> frozenset[str]:
    """Returns the values of one enum of an API, named like `sagemaker.ProductionVariantInstanceType`.

    Raises KeyError if botocore has no such service or enum.
    """
    service, _, name = shape.partition(".")
    return _enums_by_shape(service)[name]


def find_name_rule(cfn_type: str, member: str) -> dict[str, Any]:
    """Returns the pattern and lengths that an API's create operation has for a name (`PipelineName`); {} for none.

    The API compares the whole text with its pattern. CloudFormation's patterns often lack the end, so that they accept
    `a.b` where the API accepts `a`.
    """
    service, kind = cfn_type.split("::")[1].lower(), cfn_type.split("::")[2]
    shapes, operations = _shapes(service), _operations(service)
    operation = next((operations[f"{verb}{kind}"] for verb in _VERBS if f"{verb}{kind}" in operations), {})
    members = shapes.get(operation.get("input", {}).get("shape", ""), {}).get("members", {})
    shape = shapes.get(members.get(member, {}).get("shape", ""), {})
    if shape.get("type") != "string":
        return {}
    lengths = {word: shape[key] for key, word in (("min", "minLength"), ("max", "maxLength")) if key in shape}
    pattern = shape.get("pattern")
    return {**lengths, **({"pattern": f"^(?:{pattern})$"} if pattern else {})}


@cache
def _enums(service: str) -> tuple[frozenset[str], ...]:
    return tuple(_enums_by_shape(service).values())


@cache
def _enums_by_shape(service: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(shape["enum"]) for name, shape in _shapes(service).items() if "enum" in shape}


def _shapes(service: str) -> dict[str, Any]:
    return _model(service).get("shapes", {})


def _operations(service: str) -> dict[str, Any]:
    return _model(service).get("operations", {})


@cache
def _model(service: str) -> dict[str, Any]:
    """The model of a service, without what no rule reads, so that it takes little memory."""
    file = _model_file(service)
    if file is None:
        return {}
    model = json.loads(gzip.decompress(file.read_bytes()))
    return {"shapes": _lean(model["shapes"]), "operations": _lean(model["operations"])}


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lean(item) for key, item in value.items() if key not in ("documentation", "errors", "examples")}
    return value


def _model_file(service: str) -> Path | None:
    """The model of a service's newest API version; None if botocore has no service with this name."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return None
    data = Path(spec.origin).parent / "data"
    wanted = _BOTOCORE_NAMES.get(service, service)
    folders = [folder for folder in data.iterdir() if folder.name.replace("-", "") == wanted.replace("-", "")]
    return max((model for folder in folders for model in folder.glob("*/service-2.json.gz")), default=None)
