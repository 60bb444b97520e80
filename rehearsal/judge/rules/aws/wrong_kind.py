"""Ids and ARNs that name a resource of another kind, for example a VPC's id in place of a subnet's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.provider_facts import paths
from rehearsal.tables import read_table

_KINDS = read_table(Path(__file__).with_suffix(".toml"))
_BEGINNINGS = frozenset(beginning for allowed in _KINDS["ids"].values() for beginning in allowed) | {"i"}
_ID = re.compile(r"([a-z]+)-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_ARN = re.compile(r"arn:[^:]+:(iam|elasticloadbalancing):[^:]*:[^:]*:([a-z-]+)/.+")


@rule("aws:*", source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html")
def identity_is_of_its_kind(it: Resource) -> Found:
    for path, value in _texts(it.inputs, ""):
        name = paths.names(path)[-1]
        found, arn = _ID.fullmatch(value), _ARN.fullmatch(value)
        allowed = _KINDS["ids"].get(name, ()) if found else _KINDS["arns"].get(name, ()) if arn else ()
        kind = found[1] if found else f"{arn[1]}:{arn[2]}" if arn else ""
        known = arn is not None or kind in _BEGINNINGS
        if allowed and known and kind not in allowed:
            expected = " or ".join(f"{beginning}-…" if found else beginning for beginning in allowed)
            yield path, f"InvalidParameterValue: invalid value for parameter: found {value!r}, expected {expected}"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, paths.join(path, str(name)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
