"""Translates a program's AWS resources into CloudFormation templates for a linter, one template per region.

An unknown value becomes a `Ref` if it comes from exactly one resource and the template has that resource. Otherwise it
becomes a reference that no rule can follow. A property without an exact counterpart is left out and its object is noted
in `Translated.left_out`. The caller must ignore a lint rule that reports something missing in such an object.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.shapes import MOVED, as_sent
from rehearsal.provider_facts import paths, property_names, registry, schema_paths, type_facts, type_names
from rehearsal.values import UNKNOWN, map_inside

Path = tuple[str | int, ...]
UNKNOWN_RESOURCE = "Unknown"
_NOT_KNOWN = {"Fn::GetAtt": [UNKNOWN_RESOURCE, "Value"]}
_UNTRANSLATED = frozenset({"region", "tags", "tagsAll", "namePrefix", "skipDestroy", "forceDestroy"})
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass
class Translated:
    """One translated resource.

    `paths` maps CloudFormation's paths to Pulumi's. `left_out` holds the CloudFormation paths of the objects in which
    a property was not translated.
    """

    resource: Resource
    type: str
    properties: dict[str, Any] = field(default_factory=dict)
    paths: dict[Path, str] = field(default_factory=dict)
    left_out: set[Path] = field(default_factory=set)

    def pulumi_path(self, path: Iterable[str | int]) -> str:
        """Returns Pulumi's path for a CloudFormation path, or for its longest prefix that has one; else ""."""
        steps = tuple(path)
        while steps and steps not in self.paths:
            steps = steps[:-1]
        return self.paths.get(steps, "")


@dataclass(frozen=True)
class Template:
    region: str
    resources: Mapping[str, Translated]

    def document(self) -> dict[str, Any]:
        made = {
            name: {"Type": resource.type, "Properties": resource.properties}
            for name, resource in self.resources.items()
        }
        unknown = {"Type": "Custom::Unknown", "Properties": {"ServiceToken": "x"}}
        return {"Resources": {UNKNOWN_RESOURCE: unknown, **made}}

    def part(self, names: Collection[str]) -> Template:
        return Template(self.region, {name: resource for name, resource in self.resources.items() if name in names})


def templates(program: Program) -> list[Template]:
    """Returns one template for each region in which the program has resources that CloudFormation supports."""
    regions: dict[str, list[Resource]] = {}
    for resource in program.resources:
        if type_names.cfn_type(resource.type):
            regions.setdefault(resource.region or "us-east-1", []).append(resource)
    return [_template(region, resources, program) for region, resources in sorted(regions.items())]


def _template(region: str, resources: list[Resource], program: Program) -> Template:
    """Resource names are hashes of URNs, because the order of resources varies between runs and the cache of answers
    is keyed by the template's content."""
    names = {resource.urn: f"R{hashlib.sha256(resource.urn.encode()).hexdigest()[:12]}" for resource in resources}
    writer = {resource.urn: _Writer(resource, program, names) for resource in resources}
    return Template(region, {names[urn]: one.translate() for urn, one in writer.items()})


class _Writer:
    def __init__(self, resource: Resource, program: Program, names: Mapping[str, str]) -> None:
        self.resource, self.program, self.names = resource, program, names
        self.cfn_type = type_names.cfn_type(resource.type) or ""
        self.root = registry.schema(self.cfn_type)
        self.renamed = type_facts.of(resource.type).cfn_names
        self.made = Translated(resource, self.cfn_type)

    def translate(self) -> Translated:
        moved = MOVED.get(self.resource.type, {})
        taken = {path.partition(".")[0] for path in moved}
        plain = {name: value for name, value in as_sent(self.resource).items() if name not in taken}
        self.made.properties = self._object(plain, self.root, (), "")
        for path, target in moved.items():
            value = self.resource.get(path)
            if value is not None:
                self._put(tuple(name or int(index) for name, index in _STEP.findall(target)), value, path)
        return self.made

    def _put(self, target: Path, value: Any, path: str) -> None:
        node: Any = self.root
        parent: Any = self.made.properties
        for here, following in zip(target, (*target[1:], None), strict=True):
            node = self._schema(node, here)
            if following is None:
                self.made.paths[target] = path
                _set(parent, here, self._value(value, node, target, path))
            else:
                parent = _enter(parent, here, [] if isinstance(following, int) else {})

    def _schema(self, node: Any, step: str | int) -> Any:
        if isinstance(step, int):
            return registry.resolve(registry.resolve(node, self.root).get("items", {}), self.root)
        return schema_paths.properties(node, self.root).get(step, {})

    def _object(self, values: Mapping[str, Any], node: Any, at: Path, path: str) -> dict[str, Any]:
        candidates = schema_paths.properties(node, self.root)
        kind = "" if at else self.cfn_type.rpartition("::")[2]
        translated: dict[str, Any] = {}
        for name, value in values.items():
            if value is None or value == "" or (name in _UNTRANSLATED and not at):
                continue
            match = property_names.match(name, candidates, kind, self.renamed)
            if match is None or not match.exact:
                self.made.left_out.add(at)
                continue
            inside, inner = (*at, match.name), paths.join(path, name)
            self.made.paths[inside] = inner
            translated[match.name] = self._value(value, candidates[match.name], inside, inner)
        return translated

    def _value(self, value: Any, node: Any, at: Path, path: str) -> Any:
        node = registry.resolve(node, self.root)
        kinds = node.get("type", [])
        wants_list, wants_object = "array" in kinds or "items" in node, "object" in kinds or "properties" in node
        if value is UNKNOWN:
            return self._reference(path)
        if isinstance(value, str) and (wants_object or wants_list):
            value = _parse(value)
        if isinstance(value, list):
            item = registry.resolve(node.get("items", node), self.root)
            if not wants_list and len(value) == 1:  # Terraform writes a single block as a list
                return self._value(value[0], node, at, path)
            items = []
            for index, entry in enumerate(value):
                self.made.paths[(*at, index)] = f"{path}[{index}]"
                items.append(self._value(entry, item, (*at, index), f"{path}[{index}]"))
            return items
        if isinstance(value, dict):
            if "properties" not in node and not any(word in node for word in ("allOf", "anyOf", "oneOf")):
                return _free(value)
            made = self._object(value, node, at, path)
            return [made] if wants_list and not wants_object else made
        return self._refer_to_identity(value)

    def _refer_to_identity(self, value: Any) -> Any:
        """The known value, or a reference if it is the identity of another resource in the template."""
        if isinstance(value, str):
            target = self.program.find_by_identity(value)
            if target and target.urn in self.names and target is not self.resource:
                return {"Ref": self.names[target.urn]}
        return value

    def _reference(self, path: str) -> Any:
        sources = self.resource.sources.get(paths.names(path)[0], ())
        known = [urn for urn in sources if urn in self.names]
        return {"Ref": self.names[known[0]]} if len(sources) == len(known) == 1 else _NOT_KNOWN


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _free(value: Any) -> Any:
    """Translates an object without a schema, such as a policy: keys stay as they are."""
    return _NOT_KNOWN if value is UNKNOWN else map_inside(value, _free)


def _set(place: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        place.append(value)
    else:
        place[step] = value


def _enter(place: Any, step: str | int, empty: Any) -> Any:
    if isinstance(step, int):
        if len(place) <= step:
            place.append(empty)
        return place[step]
    return place.setdefault(step, empty)
