"""Which of a resource's inputs the real cloud would refuse.

The inputs are walked once, with CloudFormation's schema and the tables' own rules held beside every value. Where the
shapes of Pulumi and CloudFormation differ (one object for a list of one, JSON text for an object, a map for a list of
pairs) the schema is let go: no rule is better than another property's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from gitops.rehearsal.refusal import Refusal
from gitops.rehearsal.truth import (
    constraints,
    paths,
    property_names,
    registry,
    schema_paths,
    tables,
    type_names,
)
from gitops.rehearsal.values import Secret

_SHOWN_CHARACTERS = 60


def refusals(type_token: str, inputs: dict[str, Any]) -> list[Refusal]:
    """Every value that breaks a pattern, length, range or list of the cloud's own, in the order of the inputs.

    Unknowns, assets and references are skipped; secrets are looked through and never quoted.
    """
    cfn_type = type_names.cfn_type(type_token)
    root = registry.schema(cfn_type) if cfn_type else {}
    walk = _Walk(tables.of(type_token), root, (cfn_type or "").rpartition("::")[2])
    return list(walk.judge(inputs, _Place(node=root)))


@dataclass(frozen=True)
class _Place:
    """Where in the inputs the walk is, and the schema that holds there ({} for none)."""

    node: dict[str, Any]
    path: str = ""
    names: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True)
class _Walk:
    facts: tables.Facts
    root: dict[str, Any]
    resource: str

    def judge(self, value: Any, place: _Place) -> Iterator[Refusal]:
        if isinstance(value, Secret):
            yield from self.judge(value.value, replace(place, secret=True))
        elif isinstance(value, dict):
            for name, item in value.items():
                yield from self.judge(item, self._inside(place, str(name)))
        elif isinstance(value, list):
            yield from self._judge_list(value, place)
        elif isinstance(value, str | int | float):
            yield from self._judge_scalar(value, place)

    def _judge_list(self, values: list[Any], place: _Place) -> Iterator[Refusal]:
        rules = [self.facts.rule(place.names) or {}]
        if "items" in place.node:
            rules.append(place.node)
        for rule in rules:
            broken = constraints.broken_count(len(values), rule)
            if broken:
                yield Refusal(place.path, f"{len(values)} items", broken.expected)
                return
        item = registry.resolve(place.node.get("items", place.node), self.root)
        for index, value in enumerate(values):
            yield from self.judge(value, replace(place, node=item, path=f"{place.path}[{index}]"))

    def _judge_scalar(self, value: constraints.Scalar, place: _Place) -> Iterator[Refusal]:
        rule = self.facts.rule(place.names) or schema_paths.item(place.node, self.root)
        broken = constraints.broken(value, rule)
        if broken:
            nearest = get_close_matches(str(value), broken.options, n=1)
            yield Refusal(place.path, _quoted(value, place.secret), broken.expected, next(iter(nearest), None))

    def _inside(self, place: _Place, name: str) -> _Place:
        inside = schema_paths.properties(place.node, self.root)
        resource = self.resource if not place.names else ""
        match = property_names.match(name, inside, resource, self.facts.names)
        node = registry.resolve(inside[match.name], self.root) if match and match.exact else {}
        return replace(place, node=node, path=paths.join(place.path, name), names=(*place.names, name))


def _quoted(value: constraints.Scalar, secret: bool) -> str:
    if secret:
        return "[secret]"
    text = repr(value)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… ({len(str(value))} characters)"
