"""Finds the inputs of a resource that the real cloud would refuse.

The inputs are walked once, and each value is checked against CloudFormation's schema and the tables' rules. The schema
is not used where the shapes of Pulumi and CloudFormation differ (JSON text for an object, a map for a list of pairs),
because it could then be the schema of another property. Identifiers and ARNs are not checked against the registry's
patterns, because most of them are outputs of other resources, which are placeholders here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider_facts import (
    api_models,
    constraints,
    paths,
    property_names,
    registry,
    schema_paths,
    type_facts,
    type_names,
)
from rehearsal.values import Secret

_REFERENCE = re.compile(r"(^|[a-z0-9])([Ii]d|[Aa]rn|[Ii]dentifier)s?$")
_SHOWN_CHARACTERS = 60


def check(type_token: str, inputs: dict[str, Any]) -> list[CheckFailure]:
    """Returns a failure for each value that violates a pattern, length, range or enum, in the order of the inputs.

    Unknowns, assets and references are skipped. Secrets are checked but never quoted.
    """
    cfn_type = type_names.cfn_type(type_token)
    root = registry.schema(cfn_type) if cfn_type else {}
    walker = _Walker(type_facts.of(type_token), cfn_type or "", root)
    return list(walker.walk(inputs, _Position(node=root)))


@dataclass(frozen=True)
class _Position:
    """A position in the inputs, and the schema for it ({} for none)."""

    node: dict[str, Any]
    path: str = ""
    names: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True)
class _Walker:
    facts: type_facts.TypeFacts
    cfn_type: str
    root: dict[str, Any]

    def walk(self, value: Any, position: _Position) -> Iterator[CheckFailure]:
        if isinstance(value, Secret):
            yield from self.walk(value.value, replace(position, secret=True))
        elif isinstance(value, dict):
            for name, item in value.items():
                yield from self._check_key(str(name), position)
                yield from self.walk(item, self._inside(position, str(name)))
        elif isinstance(value, list):
            yield from self._check_list(value, position)
        elif isinstance(value, str | int | float):
            yield from self._check_scalar(value, position)

    def _check_key(self, name: str, position: _Position) -> Iterator[CheckFailure]:
        broken = constraints.broken(name, (self.facts.rule(position.names) or {}).get("keys", {}))
        if broken:
            yield CheckFailure(position.path, f"the key {name!r}", broken.expected)

    def _check_list(self, values: list[Any], position: _Position) -> Iterator[CheckFailure]:
        own = self.facts.rule(position.names)
        rule = own if own is not None else position.node if "items" in position.node else {}
        broken = constraints.broken_count(len(values), rule)
        if broken:
            yield CheckFailure(position.path, f"{len(values)} items", broken.expected)
        item = registry.resolve(position.node.get("items", position.node), self.root)
        for index, value in enumerate(values):
            yield from self.walk(value, replace(position, node=item, path=f"{position.path}[{index}]"))

    def _check_scalar(self, value: constraints.Scalar, position: _Position) -> Iterator[CheckFailure]:
        own = self.facts.rule(position.names)
        broken = constraints.broken(value, self._look_up_rule(position) if own is None else own)
        broken = broken or constraints.broken(value, self._look_up_api_rule(position) if own is None else {})
        if broken is None or (own is None and self._api_accepts(value, broken)):
            return
        nearest = get_close_matches(str(value), broken.options, n=1)
        yield CheckFailure(position.path, _quote(value, position.secret), broken.expected, next(iter(nearest), None))

    def _look_up_rule(self, position: _Position) -> dict[str, Any]:
        return {} if _REFERENCE.search(position.names[-1]) else schema_paths.item(position.node, self.root)

    def _look_up_api_rule(self, position: _Position) -> dict[str, Any]:
        """The API's rule for a name or a role's ARN, on which nothing else in the schema is so strict."""
        if len(position.names) != 1 or not position.names[0].lower().endswith(("name", "rolearn")) or not self.cfn_type:
            return {}
        inside = schema_paths.properties(self.root, self.root)
        match = property_names.match(position.names[0], inside, self.cfn_type.rpartition("::")[2], self.facts.cfn_names)
        return dict(api_models.find_text_rule(self.cfn_type, match.name)) if match and match.exact else {}

    def _api_accepts(self, value: constraints.Scalar, broken: constraints.Broken) -> bool:
        return bool(broken.options) and api_models.accepts(self.cfn_type, str(value), broken.options)

    def _inside(self, position: _Position, name: str) -> _Position:
        inside = schema_paths.properties(position.node, self.root)
        resource = "" if position.names else self.cfn_type.rpartition("::")[2]
        match = property_names.match(name, inside, resource, self.facts.cfn_names)
        node = registry.resolve(inside[match.name], self.root) if match and match.exact else {}
        return replace(position, node=node, path=paths.join(position.path, name), names=(*position.names, name))


def _quote(value: constraints.Scalar, secret: bool) -> str:
    if secret:
        return "[secret]"
    text = repr(value)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… ({len(str(value))} characters)"
