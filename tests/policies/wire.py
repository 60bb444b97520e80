"""Judges resources the way the engine does: by the analyzer's requests and responses, properties as structs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.examples import Raw, resources_of
from policies.exemptions import Exemption
from policies.host import Host
from policies.levels import read_levels
from policies.pack import Pack
from policies.resources import Resource, Stack
from policies.rule import Rule
from policies.rules import catalogue

RULES = catalogue()
TABLE = read_levels(RULES)
TODAY = date(2026, 1, 15)
NOTHING: Raw = {}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LEVELS = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.MANDATORY: "mandatory"}


class Said(NamedTuple):
    """One diagnostic of the pack, as the engine receives it."""

    rule: str
    level: str
    message: str
    resource: str


def secret(value: Any) -> dict[str, Any]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


def host(
    stack_name: str = "prod",
    rules: Iterable[Rule] | None = None,
    exemptions: Iterable[Exemption] = (),
    today: date = TODAY,
    before: Raw | None = NOTHING,
    project: str = "example",
) -> Host:
    """The pack; `before` is what was deployed, None for an engine that does not say."""
    judged = RULES if rules is None else tuple(rules)
    was = None if before is None else Stack(resources_of(before, stack_name, project, outputs=True))
    return Host(Pack(judged, TABLE, tuple(exemptions), today), stack_name, was)


def judge(raw: Raw, on: Host | None = None, stack_name: str = "prod", project: str = "example") -> list[Said]:
    """Everything the pack says about a table of resources, one `Analyze` each and then `AnalyzeStack`."""
    pack = on or host(stack_name)
    resources = resources_of(raw, stack_name, project)
    final = resources_of(raw, stack_name, project, outputs=True)
    said = [each for resource in resources for each in _said(pack.Analyze(_analyze(resource), None))]
    request = analyzer_pb2.AnalyzeStackRequest(resources=[_stack_resource(resource) for resource in final])
    return said + _said(pack.AnalyzeStack(request, None))


def violations(said: Iterable[Said], rule: str) -> list[str]:
    return [finding.message for finding in said if finding.rule == rule]


def _said(response: Any) -> list[Said]:
    return [
        Said(d.policyName, LEVELS[d.enforcementLevel], d.message, d.urn.rpartition("::")[2])
        for d in response.diagnostics
    ]


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def _options(resource: Resource) -> analyzer_pb2.AnalyzerResourceOptions:
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=resource.protected,
        ignoreChanges=resource.ignores,
        parent=resource.parent,
        deleteBeforeReplace=resource.deletes_first,
        aliases=resource.aliases,
    )


def _analyze(resource: Resource) -> analyzer_pb2.AnalyzeRequest:
    return analyzer_pb2.AnalyzeRequest(
        type=resource.written_type,
        urn=resource.urn,
        name=resource.name,
        properties=_struct(resource.raw),
        options=_options(resource),
    )


def _stack_resource(resource: Resource) -> analyzer_pb2.AnalyzerResource:
    links = {path: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for path, urns in resource.links.items()}
    return analyzer_pb2.AnalyzerResource(
        type=resource.written_type,
        urn=resource.urn,
        name=resource.name,
        properties=_struct(resource.raw),
        options=_options(resource),
        parent=resource.parent,
        propertyDependencies=links,
    )
