"""Serves the pack to the engine.

The SDK's own `PolicyPack` gives every finding of a policy the same level, lets a config file switch policies off, lets
one that raises end the run, and reads a resource anew for each policy. This host speaks the same protocol, but exempted
and not yet known findings come as advice, a rule that raises is a mandatory finding, the levels come from the table for
the stack's environment alone, and each resource is read once.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Severity
from pulumi_policy.policy import _PolicyAnalyzerServicer

from . import findings_file
from .exemptions import read_exemptions
from .judge import Finding, Judge
from .levels import environment_of, read_levels
from .previous import previous_stack
from .resources import Resource, Stack
from .rule import Rule
from .rules import catalogue
from .state import BadState
from .tables import BadTable

NAME = "inference"
VERSION = "1.0.0"
Write = Callable[[Sequence[Finding]], None]
_NO_SIZE_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Host(_PolicyAnalyzerServicer):
    """The pack for one engine run. What is said about the pack and its policies is the SDK's; judging is ours."""

    def __init__(
        self,
        rules: Iterable[Rule],
        judge_for: Any,
        stack_name: str | None,
        before: Stack | None = None,
        write: Write = findings_file.discard,
    ) -> None:
        self._rules = tuple(rules)
        self._judge_for = judge_for
        self._inputs: dict[str, Any] = {}
        self._before = before
        self._write = write
        self._settle(stack_name)

    def _settle(self, stack_name: str | None) -> None:
        self.judge: Judge = self._judge_for(environment_of(stack_name))
        policies = [rule.policy(self.judge.levels[rule]) for rule in self._rules]
        super().__init__(NAME, VERSION, policies, EnforcementLevel.MANDATORY)

    def ConfigureStack(self, request: Any, _context: Any) -> Any:
        self._settle(request.stack)
        return super().ConfigureStack(request, _context)

    def GetAnalyzerInfo(self, _request: Any, _context: Any) -> Any:
        info = super().GetAnalyzerInfo(_request, _context)
        info.supportsConfig = False
        return info

    def Analyze(self, request: Any, _context: Any) -> Any:
        self._inputs[request.urn] = request.properties
        if not self.judge.concerns(request.type):
            return analyzer_pb2.AnalyzeResponse()
        return self._respond(self.judge.resource(_resource(request, request.options.parent)))

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:
        resources = [
            _resource(
                each,
                each.parent,
                inputs=self._inputs.get(each.urn),
                depends=each.dependencies,
                links={path: found.urns for path, found in each.propertyDependencies.items()},
            )
            for each in request.resources
        ]
        return self._respond(self.judge.stack(Stack(resources, self._before)))

    def _respond(self, findings: Sequence[Finding]) -> Any:
        """The findings are in the file before the engine has them: it ends this process when it has seen the last."""
        self._write(findings)
        return analyzer_pb2.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in findings])

    def Remediate(self, request: Any, _context: Any) -> Any:
        return analyzer_pb2.RemediateResponse()


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
        enforcementLevel=_LEVELS[finding.level],
        severity=_SEVERITIES[rule.severity],
    )


_LEVELS = {
    EnforcementLevel.ADVISORY: analyzer_pb2.ADVISORY,
    EnforcementLevel.MANDATORY: analyzer_pb2.MANDATORY,
}
_SEVERITIES = {
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}


def host(stack_name: str | None) -> Host:
    """The pack as this folder holds it. Raises BadTable, BadState: a table, or the state before, cannot be used."""
    rules = catalogue()
    levels, exemptions = read_levels(rules), read_exemptions()
    today = datetime.now(UTC).date()
    judge_for = partial(Judge, rules, levels, exemptions, today=today)
    return Host(rules, judge_for, stack_name, previous_stack(), findings_file.writer(os.environ))


def serve() -> None:
    """Serves until the engine ends this process; the first line of output is the port, as the engine expects."""
    try:
        servicer = host(os.environ.get("PULUMI_STACK"))
    except (BadTable, BadState) as error:
        sys.exit(f"the policy pack cannot start: {error}")
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=_NO_SIZE_LIMIT)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    with suppress(KeyboardInterrupt):  # Ctrl-C reaches the engine's children too
        threading.Event().wait()
