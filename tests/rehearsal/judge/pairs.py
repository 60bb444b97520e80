"""Pairs of programs, read from `pairs/*.yaml`: one that a cloud refuses, and its corrected twin.

A pair is its twin's resources, and under `broken` what makes the difference: a path (`tasks.networkMode`) and a value,
or nothing to take it away. `${vpc.id}` is an output of a resource of the pair, not known at preview; `after` are those
that a resource depends on. `region` is us-east-1 where nothing else is said.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.judge.lint import Linter
from rehearsal.values import UNKNOWN_SENTINEL
from tests.files import read_yaml

FOLDER = Path(__file__).parent / "pairs"
ACCEPTED = Path(__file__).with_name("accepted.yaml")
_PROVIDER = "urn:pulumi:dev::pairs::pulumi:providers:aws"
_OUTPUT = re.compile(r"\$\{(\w+)\.\w+\}")


@dataclass(frozen=True)
class Pair:
    """`says` is part of what the cloud's own message says, `source` where somebody met it or it is documented."""

    name: str
    source: str
    says: str
    resources: Mapping[str, Mapping[str, Any]]
    broken: Mapping[str, Any]

    def twin(self) -> list[dict[str, Any]]:
        return states(self.resources)

    def refused(self) -> list[dict[str, Any]]:
        changed = {name: dict(copy.deepcopy(resource)) for name, resource in self.resources.items()}
        for path, value in self.broken.items():
            name, _, inside = path.partition(".")
            if not inside:
                changed.pop(name)
            elif inside in ("after", "region"):
                changed[name][inside] = value
            else:
                put(changed[name]["inputs"], inside, value)
        return states(changed)


@cache
def linter() -> Linter:
    return Linter()


def read() -> list[Pair]:
    files = sorted(FOLDER.glob("*.yaml"))
    return [Pair(name, **pair) for file in files for name, pair in read_yaml(file).items()]


def read_accepted() -> dict[str, list[dict[str, Any]]]:
    """The programs that must never be refused, by name."""
    programs = read_yaml(ACCEPTED)
    assert all(program["source"].startswith("https://") for program in programs.values())
    return {name: states(program["resources"]) for name, program in programs.items()}


def states(resources: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The resources as the engine prints them: outputs not known, and where each property's value comes from."""
    urns = {name: f"urn:pulumi:dev::pairs::{resource['type']}::{name}" for name, resource in resources.items()}
    providers = {resource.get("region", "us-east-1") for resource in resources.values()}
    made = [
        {
            "urn": f"urn:pulumi:dev::pairs::pulumi:providers:aws::{r}",
            "type": "pulumi:providers:aws",
            "inputs": {"region": r},
        }
        for r in sorted(providers)
    ]
    for name, resource in resources.items():
        inputs = text_of_documents(resource.get("inputs", {}))
        sources = {key: sorted({urns[used] for used in outputs(value)}) for key, value in inputs.items()}
        made.append(
            {
                "urn": urns[name],
                "type": resource["type"],
                "custom": True,
                "inputs": hide(inputs),
                "propertyDependencies": sources,
                "dependencies": [urns[used] for used in resource.get("after", ()) if used in urns],
                "provider": f"{_PROVIDER}::{resource.get('region', 'us-east-1')}::id",
            }
        )
    return made


def text_of_documents(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """`json: {...}` in place of a value is JSON text."""
    return {key: _text(value) for key, value in inputs.items()}


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"json"}:
            return json.dumps(value["json"])
        return {key: _text(item) for key, item in value.items()}
    return [_text(item) for item in value] if isinstance(value, list) else value


def outputs(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _OUTPUT.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from outputs(item)
    elif isinstance(value, list):
        for item in value:
            yield from outputs(item)


def hide(value: Any) -> Any:
    """Every value with an output in it is not known at preview."""
    if isinstance(value, str):
        return UNKNOWN_SENTINEL if _OUTPUT.search(value) else value
    if isinstance(value, dict):
        return {key: hide(item) for key, item in value.items()}
    return [hide(item) for item in value] if isinstance(value, list) else value


def put(place: Any, path: str, value: Any) -> None:
    """Sets the value at a path; None takes it away."""
    steps = [name or int(index) for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]
    for step in steps[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    if value is None:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
