"""A second source for enums: AWS's API models, which botocore ships.

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

from rehearsal.tables import read_table

_BOTOCORE_NAMES = read_table(Path(__file__).with_name("botocore.toml"))
"""CloudFormation's service names and botocore's names for the same services, where they differ."""


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


@cache
def _enums(service: str) -> tuple[frozenset[str], ...]:
    return tuple(_enums_by_shape(service).values())


@cache
def _enums_by_shape(service: str) -> dict[str, frozenset[str]]:
    model = _model_file(service)
    if model is None:
        return {}
    shapes = json.loads(gzip.decompress(model.read_bytes()))["shapes"]
    return {name: frozenset(shape["enum"]) for name, shape in shapes.items() if "enum" in shape}


def _model_file(service: str) -> Path | None:
    """The model of a service's newest API version; None if botocore has no service with this name."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return None
    data = Path(spec.origin).parent / "data"
    wanted = _BOTOCORE_NAMES.get(service, service)
    folders = [folder for folder in data.iterdir() if folder.name.replace("-", "") == wanted.replace("-", "")]
    return max((model for folder in folders for model in folder.glob("*/service-2.json.gz")), default=None)
