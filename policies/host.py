"""Serves the pack to the engine.

The SDK's own `PolicyPack` gives every finding of a policy the same level, lets one that raises end the run, and reads a
resource anew for each policy. This host speaks the same protocol, but exempted and not yet known findings come as
advice, a rule that raises is a mandatory finding, the levels are those of the stack's environment unless the policy
config says others, and each resource is read once.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from . import findings_file
from .judge import Finding, Judge
from .pack import NAME, VERSION, Pack, read_pack
from .previous import previous_stack
from .resources import Resource, Stack
from .rule import Rule
from .settings import NOT_SET, BadConfig, Settings
from .state import BadState
from .tables import BadTable

Write = Callable[[Sequence[Finding]], None]
_NO_SIZE_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Host(_PolicyAnalyzerServicer):
    """The pack for one engine run. What is said about the pack and its policies is the SDK's; judging is ours."""

    def __init__(
        self, pack: Pack, stack_name: str | None, before: Stack | None = None, write: Write = findings_file.discard
    ) -> None:
        self._pack = pack
        self._stack_name = stack_name
        self._tags: Mapping[str, str] = {}
        self._inputs: dict[str, Any] = {}
        self._before = before
        self._write = write
        self._settle(NOT_SET)

    def _settle(self, settings: Settings) -> None:
        self.judge: Judge = self._pack.judge(self._stack_name, self._tags, settings)
        policies = [rule.policy(level) for rule, level in self.judge.levels.items()]
        super().__init__(NAME, VERSION, policies, EnforcementLevel.MANDATORY)

    def ConfigureStack(self, request: Any, _context: Any) -> Any:
        self._stack_name, self._tags = request.stack, dict(request.tags)
        self._settle(NOT_SET)
        return super().ConfigureStack(request, _context)

    def Configure(self, request: Any, context: Any) -> Any:
        """Takes the policy config; what is as the pack told it is not set."""
        defaults = {policy.name: policy for policy in self.GetAnalyzerInfo(None, None).policies}
        given = {name: json_format.MessageToDict(each.properties) for name, each in request.policyConfig.items()}
        levels = {
            name: analyzer_pb2.EnforcementLevel.Name(each.enforcementLevel).lower()
            for name, each in request.policyConfig.items()
            if name not in defaults or each.enforcementLevel != defaults[name].enforcementLevel
        }
        own = {rule.name: rule_defaults(rule) for rule in self._pack.rules}
        changed = {name: {k: v for k, v in p.items() if v != own.get(name, {}).get(k)} for name, p in given.items()}
        if levels or any(changed.values()):
            from . import config  # only where something is set

            try:
                at = config.find_starting_folder()
                self._settle(config.settings(levels, changed, self._pack.rules, self._pack.columns, at))
            except (BadConfig, BadTable) as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"the policy config cannot be used: {error}")
        return empty_pb2.Empty()

    def Analyze(self, request: Any, _context: Any) -> Any:
        self._inputs[request.urn] = request.properties
        if not self.judge.concerns(request.type):
            return analyzer_pb2.AnalyzeResponse()
        return self._respond(self.judge.resource(_resource(request, request.options.parent)))

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:
        resources = [
            _resource(
                resource,
                resource.parent,
                inputs=self._inputs.get(resource.urn),
                depends=resource.dependencies,
                links={path: sources.urns for path, sources in resource.propertyDependencies.items()},
            )
            for resource in request.resources
        ]
        return self._respond(self.judge.stack(Stack(resources, self._before)))

    def _respond(self, findings: Sequence[Finding]) -> Any:
        """The findings are in the file before the engine has them: it ends this process when it has seen the last."""
        self._write(findings)
        return analyzer_pb2.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in findings])

    def Remediate(self, request: Any, _context: Any) -> Any:
        """Sets what rules at the level `remediate` want; the engine goes on with the properties that come back."""
        response = analyzer_pb2.RemediateResponse()
        if not self.judge.remediates:
            return response
        properties = json_format.MessageToDict(request.properties)
        for rule, values in self.judge.remedies(_resource(request, request.options.parent)):
            for path, value in values.items():
                _put(properties, path, value)
            response.remediations.append(
                analyzer_pb2.Remediation(
                    policyName=rule.name,
                    policyPackName=NAME,
                    policyPackVersion=VERSION,
                    description=rule.title,
                    properties=json_format.ParseDict(properties, struct_pb2.Struct()),
                )
            )
        return response


def rule_defaults(rule: Rule) -> dict[str, Any]:
    """The thresholds a rule comes with, as they come back from the engine."""
    defaults = {name: parameter.default for name, parameter in rule.parameters.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in defaults.items()}


def _put(properties: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for key in way:
        properties = properties.setdefault(key, {})
    properties[last] = value


def _resource(message: Any, parent: str, inputs: Any = None, **more: Any) -> Resource:
    """The resource with its properties; for a stack these are its outputs, and the inputs that are not among them.

    Azure's outputs do not repeat every input (`deploymentName`), or under another name (`onlineEndpointProperties`).
    """
    properties = json_format.MessageToDict(message.properties)
    declared = json_format.MessageToDict(inputs) if inputs is not None else None
    return Resource(
        message.type,
        message.name,
        message.urn,
        {**(declared or {}), **properties},
        ignores=message.options.ignoreChanges,
        protected=message.options.protect,
        parent=parent,
        deletes_first=message.options.deleteBeforeReplace,
        aliases=message.options.aliases,
        inputs=declared,
        **more,
    )


def _diagnostic(finding: Finding) -> Any:
    rule = finding.rule
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=rule.name,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=rule.title,
        message=finding.sentence,
        urn=finding.urn,
        enforcementLevel=analyzer_pb2.EnforcementLevel.Value(finding.level.name),
        severity=analyzer_pb2.PolicySeverity.Value(f"POLICY_SEVERITY_{rule.severity.name}"),
    )


def host(stack_name: str | None) -> Host:
    """The pack of this folder. Raises BadTable, BadState, BadConfig: a table, the state or the config is bad."""
    return Host(read_pack(), stack_name, previous_stack(), findings_file.writer(os.environ))


def serve() -> None:
    """Serves until the engine ends this process; the first line of output is the port, as the engine expects."""
    try:
        servicer = host(os.environ.get("PULUMI_STACK"))
    except (BadTable, BadState, BadConfig) as error:
        sys.exit(f"the policy pack cannot start: {error}")
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=_NO_SIZE_LIMIT)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    gc.freeze()
    gc.enable()
    print(port, flush=True)
    with suppress(KeyboardInterrupt):  # Ctrl-C reaches the engine's children too
        threading.Event().wait()
