"""Collecting what the engine tells while it runs: findings, diagnostics, the stack's outputs, what is still awaited."""

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
        self.begun: set[str] = set()
        self.registered: set[str] = set()

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
        if event.severity == "debug":
            self.on_debug(message)
        elif message and not event.ephemeral:
            self.diagnostics.append(Diagnostic(severity=event.severity, message=message, urn=event.urn or None))

    def on_debug(self, message: str) -> None:
        """Debug lines of the SDK say which registrations began and which came back; a hang lies between the two."""
        begun = re.match(r"resource registration prepared: ty=(\S+), name=(.+)", message)
        done = re.match(r"resource registration successful: ty=(\S+), urn=.*::(.+)", message)
        if begun:
            self.begun.add(f"{begun[1]} '{begun[2]}'")
        if done:
            self.registered.add(f"{done[1]} '{done[2]}'")

    def on_outputs(self, step: StepEventMetadata) -> None:
        before = self.steps.get(step.urn)
        if before and before.op is OpType.REFRESH:
            self.steps[step.urn] = step  # what the refresh found: the resource is gone, moved or as it was
        if step.type == STACK_TYPE:
            self.outputs = dict(clean((step.new.outputs if step.new else None) or self.outputs))
            self.old_outputs = dict(clean((step.old.outputs if step.old else None) or self.old_outputs))

    def name_awaited(self, *, program_under_way: bool) -> str:
        """What a run that was ended was waiting for, the first five."""
        if program_under_way:
            return "the end of __main__.py itself"
        pending = sorted(self.begun - self.registered)
        return ", ".join(pending[:5]) if pending else "an output that never resolved"


def plain(text: str) -> str:
    return ANSI.sub("", text or "").strip()
