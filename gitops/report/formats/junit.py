"""The report as JUnit XML for CI systems that count tests: a suite per target, as described by
https://github.com/testmoapp/junitxml (there is no official schema).

A target's own run is a case, each kind of change is one, and so is each rule that found something: mandatory
findings fail, advisory ones pass with their text as output, a target that could not be run is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from gitops.records import Finding, Level, RunError, RunRecord, Status
from gitops.report.model.report import Report
from gitops.report.steps import CHANGES, select_changing_steps
from gitops.report.text.escape.text import clean
from gitops.report.text.urns import resource_name
from gitops.report.text.words import plural, shorten

MOST_LINES = 200
"""Lines of output a case carries; the rest is counted."""


def render(report: Report) -> str:
    root = ET.Element("testsuites", name="gitops")
    for record in report.records:
        root.append(suite(record))
    count(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def suite(record: RunRecord) -> ET.Element:
    element = ET.Element("testsuite", name=clean(record.target))
    element.append(run_case(record))
    steps = sorted(select_changing_steps(record), key=lambda step: CHANGES.index(step.op))
    for op, group in groupby(steps, key=lambda step: step.op):
        listed = [f"{step.type} {step.name}" for step in group]
        output(case(element, record, f"change: {op.value}"), [plural(len(listed), op.value), *listed])
    findings = sorted(record.findings, key=lambda finding: finding.rule)
    for rule, group in groupby(findings, key=lambda finding: finding.rule):
        rule_case(case(element, record, f"policy: {rule}"), list(group))
    count(element)
    return element


def case(parent: ET.Element, record: RunRecord, name: str) -> ET.Element:
    return ET.SubElement(parent, "testcase", classname=clean(record.target), name=clean(name))


def run_case(record: RunRecord) -> ET.Element:
    element = ET.Element("testcase", classname=clean(record.target), name=clean(record.operation))
    if record.status is Status.FAILED:
        error = record.error or RunError(kind="engine", message="The run failed and left no error.")
        source_line = f"\n{error.source.file}:{error.source.line}" if error.source else ""
        failed = ET.SubElement(element, "error", type=clean(error.kind), message=shorten(clean(error.message), 500))
        failed.text = clean(f"{error.message}\n{error.hint}{source_line}".strip())
    return element


def rule_case(element: ET.Element, findings: list[Finding]) -> None:
    mandatory = [finding for finding in findings if finding.level is Level.MANDATORY]
    if mandatory:
        message = shorten(clean(mandatory[0].message), 500)
        failure = ET.SubElement(element, "failure", type=mandatory[0].severity.value, message=message)
        failure.text = "\n".join(map(describe_finding, mandatory))
    advisory = [finding for finding in findings if finding.level is Level.ADVISORY]
    if advisory:
        output(element, map(describe_finding, advisory))


def describe_finding(finding: Finding) -> str:
    source_line = f"{finding.source.file}:{finding.source.line}: " if finding.source else ""
    fix = f"\n  fix: {finding.fix}" if finding.fix else ""
    return clean(f"{source_line}{resource_name(finding.urn)} {finding.message}{fix}")


def output(element: ET.Element, lines: Iterable[str]) -> None:
    lines = list(lines)
    more = [f"… and {len(lines) - MOST_LINES:,} more"] if len(lines) > MOST_LINES else []
    ET.SubElement(element, "system-out").text = clean("\n".join([*lines[:MOST_LINES], *more]))


def count(element: ET.Element) -> None:
    """Writes `tests`, `failures` and `errors` of everything below."""
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))
