"""What the policy pack says of its own rules, and the lines of a stack's config that a rule is about.

The pack is asked by running it (`python -m policies.describe`), never imported: the pack shares no code with the tool
that reports its findings. A rule's title, why, fix and reference exist once, there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from gitops.errors import UserError
from gitops.records import Finding, RunRecord, Severity, SourceLine


class Requirement(BaseModel):
    """What a framework asks for."""

    model_config = ConfigDict(frozen=True)

    framework: str
    id: str


class Rule(BaseModel):
    """One rule of the pack. `config_key` is the key to change in `Pulumi.<environment>.yaml`, without namespace.

    `levels` are by environment; `set_by` names the file that raised or lowered one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    formerly: tuple[str, ...] = ()
    title: str
    why: str
    fix: str
    reference: str
    severity: Severity
    category: str = ""
    config_key: str | None = None
    levels: dict[str, str] = {}
    set_by: dict[str, str] = {}
    resource_types: tuple[str, ...] = ()
    frameworks: tuple[Requirement, ...] = ()
    parameters: dict[str, Any] = {}

    @property
    def served(self) -> set[str]:
        """The frameworks that the rule belongs to, and the ids of the requirements that it covers."""
        return {name for reference in self.frameworks for name in (reference.framework, reference.id)}

    def is_wanted(
        self, categories: Collection[str], severities: Collection[Severity], frameworks: Collection[str]
    ) -> bool:
        """Whether the rule covers one of the given requirements; no requirements mean all rules."""
        return (
            (not categories or self.category in categories)
            and (not severities or self.severity in severities)
            and (not frameworks or not self.served.isdisjoint(frameworks))
        )


Catalogue = Mapping[str, Rule]


def former_names(rules: Catalogue) -> dict[str, str]:
    """What each former name of a rule is now."""
    return {former: rule.rule for rule in rules.values() for former in rule.formerly}


READING = threading.Lock()


def read(root: Path) -> Catalogue:
    """The rules of the pack in the checkout at `root`, by name. Raises `UserError` if the pack cannot say."""
    with READING:
        return describe(root)


def read_ahead(root: Path) -> None:
    """Starts to read the rules in the background. An error is raised to the caller who reads them later."""

    def read_quietly() -> None:
        with suppress(UserError):
            read(root)

    threading.Thread(target=read_quietly, daemon=True).start()


@cache
def describe(root: Path) -> Catalogue:
    command = [sys.executable, "-m", "policies.describe"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        place, why = cause(result.stderr, root)
        raise UserError(
            f"the policy pack cannot be read: {why}",
            where=place,
            hint="Fix it: no policy is checked until it can be read.",
        )
    return {rule.rule: rule for rule in (Rule.model_validate(item) for item in json.loads(result.stdout))}


def cause(stderr: str, root: Path) -> tuple[str, str]:
    """Where in the pack it failed and why: from the pack's own message, or else from the traceback."""
    last = (stderr.strip().splitlines() or ["no reason given"])[-1]
    said = re.match(r"the policy pack cannot describe itself: (?P<place>\S+:\d+): (?P<why>.*)", last)
    return (said["place"], said["why"]) if said else (place_in(stderr, root) or "policies/", last)


def place_in(stderr: str, root: Path) -> str:
    """The innermost file of the pack that a traceback was importing, as `policies/rules/ecs.py:12`; empty if none."""
    importing = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in <module>)?$', re.MULTILINE)
    pack = root.resolve() / "policies"
    modules = [(Path(match["file"]).resolve(), match["line"]) for match in importing.finditer(stderr)]
    places = [
        f"policies/{file.relative_to(pack).as_posix()}:{line}" for file, line in modules if file.is_relative_to(pack)
    ]
    return places[-1] if places else ""


def enrich(record: RunRecord, catalogue: Catalogue, config: str, config_file: str) -> RunRecord:
    """The record with each finding's title, why, fix, reference, severity and best line.

    The line is the config's when the rule names a key that the config sets; else the code's, from the engine.
    `config` is the text of `config_file`, a path relative to the checkout.
    """
    lines = key_lines(config, record.stack)

    def one(finding: Finding) -> Finding:
        rule = catalogue.get(finding.rule)
        if rule is None:
            return finding
        line = lines.get(rule.config_key or "")
        return finding.model_copy(
            update={
                "title": rule.title,
                "why": rule.why,
                "fix": f"{rule.fix} Config key: {rule.config_key}." if line else rule.fix,
                "reference": rule.reference,
                "severity": rule.severity,
                "source": SourceLine(file=config_file, line=line) if line else finding.source,
                "component": None if line else finding.component,
            }
        )

    return record.model_copy(update={"findings": tuple(one(finding) for finding in record.findings)})


def key_lines(config: str, project: str) -> dict[str, int]:
    """Line (from 1) of every key under the project's namespace, as `block.key`: `{"scaling.min": 7}`."""
    try:
        root = yaml.compose(config)
    except yaml.YAMLError:
        return {}
    lines: dict[str, int] = {}

    def walk(node: yaml.Node, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = str(key.value).removeprefix(f"{project}:")
                where = f"{path}.{name}" if path else name
                lines.setdefault(where, key.start_mark.line + 1)
                walk(value, where)

    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "config":
                walk(value, "")
    return lines
