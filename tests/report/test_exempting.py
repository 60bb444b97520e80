"""An exemption that is pasted as the report writes it, its blanks filled, covers the finding it stands under."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gitops.records import Finding, Level, Severity
from gitops.report.formats import html, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.exempting import FILE, MOST_ENTRIES, write_entries
from gitops.report.model.findings import ViolatedRule, group_by_rule
from gitops.report.model.report import Report, build
from policies.exemptions import read_exemptions
from policies.tables import BadTable
from tests.report import factories

URN = "urn:pulumi:prod::web::custom:storage:Store$aws:s3/bucket:Bucket::logs"
BLANKS = {"reason:": "reason: It holds nothing.", "owner:": "owner: ml-platform", "expires:": "expires: 2030-01-31"}


def found(*urns: str, rule: str = "storage-bucket-keeps-versions") -> Report:
    findings = tuple(
        Finding(rule=rule, level=Level.MANDATORY, severity=Severity.HIGH, message="not kept", urn=urn) for urn in urns
    )
    return build([factories.record("lambda_api", "prod", findings=findings)], Context())


def rule_of(*urns: str) -> ViolatedRule:
    (rule,) = group_by_rule(found(*urns).records)
    return rule


def paste(folder: Path, entries: str, blanks: dict[str, str]) -> Path:
    for name, text in blanks.items():
        entries = "\n".join(line.split(name)[0] + text if f" {name}" in line else line for line in entries.split("\n"))
    file = folder / "exemptions.yaml"
    file.write_text(f"exemptions:\n{entries}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["logs", "logs[0]", "a: b", 'quote"d', "every*thing", "Größe"])
def test_pasted_and_filled_in_it_covers_the_finding_and_no_other(tmp_path: Path, name: str) -> None:
    urn = URN.replace("::logs", f"::{name}")

    [exemption] = read_exemptions(paste(tmp_path, write_entries(rule_of(urn)), BLANKS))

    assert exemption.covers("storage-bucket-keeps-versions", urn)
    assert not exemption.covers("storage-bucket-keeps-versions", f"{urn}-2")
    assert not exemption.covers("another-rule", urn)
    assert exemption.expires == date(2030, 1, 31)


def test_what_only_a_person_knows_must_be_filled_in(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="expected text"):
        read_exemptions(paste(tmp_path, write_entries(rule_of(URN)), {}))


def test_what_is_found_of_the_stack_itself_is_not_exempted() -> None:
    assert write_entries(rule_of("urn:pulumi:prod::web::pulumi:pulumi:Stack::web-prod")) == ""


def test_every_form_for_people_has_the_urn_as_it_is() -> None:
    report = found(URN)

    for text in (markdown.render(report), html.render(report), terminal.render(report, width=300)):
        assert URN in text
        assert FILE in text or "exempt: " in text


def test_of_many_resources_the_first_are_written_and_all_are_counted() -> None:
    report = found(*(f"{URN}-{index}" for index in range(MOST_ENTRIES + 6)))

    assert f"(the first {MOST_ENTRIES} of {MOST_ENTRIES + 6})" in markdown.render(report)
    assert markdown.render(report).count("  - resource: ") == MOST_ENTRIES
