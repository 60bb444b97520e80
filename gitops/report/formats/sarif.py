"""The findings as SARIF 2.1.0 for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

What GitHub reads of it, and its limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from gitops.records import Finding, Level, RunRecord, Severity, SourceLine
from gitops.report.model.findings import LEVELS, SEVERITIES, ViolatedRule
from gitops.report.model.report import Report
from gitops.report.text.escape.markdown import link, prose, safe_url
from gitops.report.text.escape.text import clean, one_line
from gitops.report.text.words import listing, plural, shorten

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 5_000
"""GitHub shows the 5,000 most severe results of a run."""
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""`security-severity`: GitHub calls over 9.0 critical, over 7.0 high, over 4.0 medium."""


def render(report: Report) -> str:
    index = {rule.name: position for position, rule in enumerate(report.rules)}
    findings = worst_first(report)
    run = {
        "tool": {
            "driver": {
                "name": "inference-gitops policies",
                "informationUri": safe_url(report.context.repository_url)
                or "https://www.pulumi.com/docs/iac/crossguard/",
                "rules": [reporting_descriptor(rule) for rule in report.rules],
            }
        },
        "automationDetails": {"id": "gitops/policies/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [invocation(report, len(findings) - MOST_RESULTS)],
        "results": list(results(findings[:MOST_RESULTS], index)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def worst_first(report: Report) -> list[tuple[RunRecord, Finding]]:
    findings = [(record, finding) for record in report.records for finding in record.findings]
    return sorted(findings, key=lambda pair: (LEVELS.index(pair[1].level), SEVERITIES.index(pair[1].severity)))


def reporting_descriptor(rule: ViolatedRule) -> dict[str, Any]:
    advice = [("Why", rule.why), ("Fix", rule.fix)]
    reference = link("Reference", rule.reference)
    markdown = [f"**{label}**: {prose(text, 2_000)}" for label, text in advice if text]
    markdown += [reference] if reference != "Reference" else []
    descriptor = {
        "id": clean(rule.name),
        "name": clean(rule.name),
        "shortDescription": {"text": shorten(one_line(rule.title), 1_000)},
        "fullDescription": {"text": shorten(one_line(rule.why or rule.title), 1_000)},
        "help": {
            "text": "\n\n".join(f"{label}: {one_line(text)}" for label, text in advice if text) or one_line(rule.title),
            "markdown": "\n\n".join(markdown) or prose(rule.title),
        },
        "defaultConfiguration": {"level": level(rule.level, rule.severity)},
        "properties": {
            "tags": ["security", "policy"],
            "precision": "high",
            "problem.severity": "error" if rule.level is Level.MANDATORY else "warning",
            "security-severity": SCORES[rule.severity],
        },
    }
    address = safe_url(rule.reference)
    return {**descriptor, "helpUri": address} if address else descriptor


def level(policy: Level, severity: Severity) -> str:
    if policy is Level.MANDATORY:
        return "error"
    return "note" if severity is Severity.LOW else "warning"


def results(findings: list[tuple[RunRecord, Finding]], index: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for record, finding in findings:
        mark = fingerprint(record, finding)
        seen[mark] += 1
        yield {
            "ruleId": clean(finding.rule),
            "ruleIndex": index[finding.rule],
            "level": level(finding.level, finding.severity),
            "message": {"text": f"{clean(record.target)}: {shorten(one_line(finding.message), 1_000)}"},
            "locations": [{"physicalLocation": location(finding.source or project_file(record))}],
            **({"relatedLocations": [describe_maker(finding.component)]} if finding.component else {}),
            "partialFingerprints": {"primaryLocationLineHash": f"{mark}:{seen[mark]}", "gitopsFinding/v1": mark},
        }


def describe_maker(component: SourceLine) -> dict[str, Any]:
    return {"id": 1, "physicalLocation": location(component), "message": {"text": "the component that makes it"}}


def fingerprint(record: RunRecord, finding: Finding) -> str:
    """The same finding keeps it when lines or measured values move: rule, target and resource only.

    `primaryLocationLineHash` is the key by which GitHub tells known alerts from new ones; several findings of one
    rule on one resource are told apart by their order.
    """
    identity = "\0".join((finding.rule, record.target, finding.urn or ""))
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:16]


def location(source: SourceLine) -> dict[str, Any]:
    address = {"uri": quote(clean(source.file)), "uriBaseId": "%SRCROOT%"}
    return {"artifactLocation": address, "region": {"startLine": max(1, source.line)}}


def project_file(record: RunRecord) -> SourceLine:
    """Where a finding about a whole stack is shown: GitHub wants a place for every result."""
    return SourceLine(file=f"stacks/{record.stack}/Pulumi.yaml", line=1)


def invocation(report: Report, over: int) -> dict[str, Any]:
    """Whether the run can be trusted: failed targets, broken rules and results left out are said here."""
    problems = [
        ("error", f"{listing(failure.targets, limit=20)} failed: {one_line(failure.error.message)}")
        for failure in report.failures
    ]
    for undecided in report.unjudged:
        unjudged, where = undecided.notice, listing(undecided.places, limit=5)
        text = f"{unjudged.rule} gave no judgement: {one_line(unjudged.reason)} ({where})"
        problems.append(("error" if unjudged.raised else "note", text))
    if over > 0:
        problems.append(("warning", f"{plural(over, 'less severe result')} left out: a run shows {MOST_RESULTS:,}"))
    notes = [{"level": kind, "message": {"text": shorten(clean(text), 1_000)}} for kind, text in problems]
    succeeded = not any(kind == "error" for kind, _ in problems)
    return {"executionSuccessful": succeeded, "toolExecutionNotifications": notes}
