"""Collecting what the engine tells while it runs: findings, diagnostics, the stack's outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pulumi.automation import EngineEvent
from pulumi.automation.events import OpType, StepEventMetadata

from gitops.engine.steps import OPS, STACK_TYPE, clean
from gitops.records import Diagnostic, Finding, Level, Severity

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|<\{%[^%]*%\}>")


class Listener:
    """Pass `on_event` to an operation; read the fields when it has ended. `judged` is the policy pack's own file."""

    def __init__(self, judged: Path | None = None) -> None:
        self.judged = judged
        self.findings: list[Finding] = []
        self.diagnostics: list[Diagnostic] = []
        self.steps: dict[str, StepEventMetadata] = {}
        self.failed: list[str] = []
        self.outputs: dict[str, Any] = {}
        self.old_outputs: dict[str, Any] = {}

    def on_event(self, event: EngineEvent) -> None:
        if event.policy_event:
            self.on_policy(event.policy_event)
        if event.diagnostic_event:
            self.on_diagnostic(event.diagnostic_event)
        if event.resource_pre_event and event.resource_pre_event.metadata.op.value in OPS:
            # not the halves of a replacement: its `delete-replaced` comes last and would hide that it was one
            self.steps[event.resource_pre_event.metadata.urn] = event.resource_pre_event.metadata
        if event.res_outputs_event:
            self.on_outputs(event.res_outputs_event.metadata)
        if event.res_op_failed_event:
            self.failed.append(event.res_op_failed_event.metadata.urn)

    def on_policy(self, event: Any) -> None:
        level = Level.MANDATORY if event.enforcement_level == "mandatory" else Level.ADVISORY
        self.findings.append(
            Finding(
                rule=event.policy_name,
                level=level,
                severity=Severity.MEDIUM,
                message=plain(event.message),
                urn=event.resource_urn or None,
            )
        )

    def on_diagnostic(self, event: Any) -> None:
        message = plain(event.message)
        if message and event.severity != "debug" and not event.ephemeral:
            self.diagnostics.append(Diagnostic(severity=event.severity, message=message, urn=event.urn or None))

    def on_outputs(self, step: StepEventMetadata) -> None:
        before = self.steps.get(step.urn)
        if before and before.op is OpType.REFRESH:
            self.steps[step.urn] = step  # what the refresh found: the resource is gone, moved or as it was
        if step.type == STACK_TYPE:
            self.outputs = dict(clean((step.new.outputs if step.new else None) or self.outputs))
            self.old_outputs = dict(clean((step.old.outputs if step.old else None) or self.old_outputs))


def plain(text: str) -> str:
    return ANSI.sub("", text or "").strip()
