"""A second source for enums and names: AWS's API models, which botocore ships.

CloudFormation's enums sometimes lag behind the API (`AWS_SERVICE` of DevOps Guru), while the Terraform provider follows
the API. A value outside of an enum is refused only if the API does not accept it either. A model is large: what the
rules need of it is kept, the rest is dropped.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
    enums = _facts(cfn_type.split("::")[1].lower()).enums.values()
    akin = [enum for enum in enums if not enum.isdisjoint(others)]
    return bool(enums) and (not akin or any(value in enum for enum in akin))


def list_accepted(shape: str) -> frozenset[str]:
    """Returns the values of one enum of an API, named like `sagemaker.ProductionVariantInstanceType`.

    Raises KeyError if botocore has no such service or enum.
    """
    service, _, name = shape.partition(".")
    return _facts(service).enums[name]


def find_text_rule(cfn_type: str, member: str) -> Mapping[str, Any]:
    """Returns the pattern and lengths that an API's create operation has for a text (`PipelineName`); {} for none.

    The API compares the whole text with its pattern. CloudFormation's patterns often lack the end, so that they accept
    `a.b` where the API accepts `a`.
    """
    _, service, kind = cfn_type.split("::")[:3]
    return _facts(service.lower()).texts.get((kind, member), {})


@dataclass(frozen=True)
class _Facts:
    """What the rules need of a service's model: enums by shape, and rules of texts by kind and member."""

    enums: Mapping[str, frozenset[str]]
    texts: Mapping[tuple[str, str], Mapping[str, Any]]


@cache
def _facts(service: str) -> _Facts:
    file = _model_file(service)
    model = json.loads(gzip.decompress(file.read_bytes())) if file else {"shapes": {}, "operations": {}}
    shapes = model["shapes"]
    enums = {name: frozenset(shape["enum"]) for name, shape in shapes.items() if "enum" in shape}
    texts = {
        (kind, member): rule
        for verb in reversed(_VERBS)
        for name, operation in model["operations"].items()
        if (kind := name.removeprefix(verb)) != name and "input" in operation
        for member, used in shapes[operation["input"]["shape"]].get("members", {}).items()
        if (rule := _text_rule(shapes[used["shape"]]))
    }
    return _Facts(enums, texts)


def _text_rule(shape: Mapping[str, Any]) -> dict[str, Any]:
    if shape.get("type") != "string":
        return {}
    lengths = {word: shape[key] for key, word in (("min", "minLength"), ("max", "maxLength")) if key in shape}
    return {**lengths, **({"pattern": f"^(?:{shape['pattern']})$"} if "pattern" in shape else {})}


def _model_file(service: str) -> Path | None:
    """The model of a service's newest API version; None if botocore has no service with this name."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return None
    data = Path(spec.origin).parent / "data"
    wanted = _BOTOCORE_NAMES.get(service, service)
    folders = [folder for folder in data.iterdir() if folder.name.replace("-", "") == wanted.replace("-", "")]
    return max((model for folder in folders for model in folder.glob("*/service-2.json.gz")), default=None)
