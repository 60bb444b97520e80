"""What the policy pack writes is sorted: violations, exempted ones, ones that wait, rules that broke."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gitops.engine.judgement import Judgement, read_rows, sort
from gitops.records import Exemption, Finding, Level, Severity, SourceLine, Unjudged

EXEMPTION = {
    "reason": "a demo (until May)",
    "owner": "ml-team",
    "expires": "2027-05-01",
    "source": {"file": "policies/exemptions.yaml", "line": 7},
}
ROW = {"version": 1, "rule": "r", "level": "mandatory", "severity": "high", "standing": "violation", "message": "open"}
FOUND = Finding(rule="r", level=Level.MANDATORY, severity=Severity.HIGH, message="open", urn="urn:x")


def judge(
    folder: Path, *rows: dict[str, Any], heard: tuple[Finding, ...] = (), lines: dict[str, dict[str, Any]] | None = None
) -> Judgement:
    file = folder / "findings.jsonl"
    file.write_text("".join(json.dumps({"urn": "urn:x", **ROW, **row}) + "\n" for row in rows))
    return sort(read_rows(file), heard, lines or {})


def test_a_violation_stays_a_finding(tmp_path: Path) -> None:
    assert judge(tmp_path, {}) == Judgement((FOUND,), (), ())


def test_a_finding_lies_on_the_line_of_its_resource(tmp_path: Path) -> None:
    line = SourceLine(file="stacks/web/__main__.py", line=3)

    (found,) = judge(tmp_path, {}, lines={"urn:x": {"source": line}}).findings

    assert found.source == line


def test_a_finding_about_the_packs_own_table_lies_on_its_line(tmp_path: Path) -> None:
    source = {"file": "policies/exemptions.yaml", "line": 8}
    line = SourceLine(file="stacks/web/__main__.py", line=3)

    (found,) = judge(tmp_path, {"source": source}, lines={"urn:x": {"source": line}}).findings

    assert found.source == SourceLine(file="policies/exemptions.yaml", line=8)


def test_an_exempted_finding_becomes_the_exemption_that_covers_it(tmp_path: Path) -> None:
    judged = judge(tmp_path, {"level": "advisory", "standing": "exempted", "exemption": EXEMPTION})

    assert judged.findings == ()
    assert judged.exemptions == (
        Exemption(
            rule="r",
            message="open",
            reason="a demo (until May)",
            owner="ml-team",
            expires="2027-05-01",
            urn="urn:x",
            source=SourceLine(file="policies/exemptions.yaml", line=7),
        ),
    )


def test_no_message_can_talk_itself_out_of_a_finding(tmp_path: Path) -> None:
    message = "bad; exempted: says the pull request (owner me, expires 2027-05-01, policies/exemptions.yaml:7)"

    assert [f.message for f in judge(tmp_path, {"message": message}).findings] == [message]


def test_a_rule_that_waits_for_apply_is_unjudged_and_no_finding(tmp_path: Path) -> None:
    judged = judge(tmp_path, {"level": "advisory", "standing": "unknown", "message": "bucket is not known yet"})

    assert judged == Judgement((), (), (Unjudged(rule="r", reason="bucket is not known yet", urn="urn:x"),))


def test_a_rule_that_broke_is_a_mandatory_finding_and_unjudged(tmp_path: Path) -> None:
    judged = judge(tmp_path, {"standing": "failure", "message": "the rule itself failed on web: KeyError: 'x'"})

    assert [f.level for f in judged.findings] == [Level.MANDATORY]
    assert [u.raised for u in judged.unjudged] == [True]


def test_what_the_engine_heard_and_no_row_tells_is_kept_as_it_was_heard(tmp_path: Path) -> None:
    milder = judge(tmp_path, {"level": "advisory", "message": "less"}, heard=(FOUND,))

    assert judge(tmp_path, {}, heard=(FOUND,)).findings == (FOUND,)
    assert FOUND in milder.findings
    assert judge(tmp_path, heard=(FOUND,)).findings == (FOUND,)


def test_rows_of_another_version_are_left_to_the_engines_words(tmp_path: Path) -> None:
    assert judge(tmp_path, {"version": 2, "level": "lenient"}, heard=(FOUND,)).findings == (FOUND,)


def test_a_standing_of_a_later_pack_is_left_to_the_engines_words(tmp_path: Path) -> None:
    assert judge(tmp_path, {"standing": "mended"}, heard=(FOUND,)).findings == (FOUND,)


def test_half_a_line_of_a_pack_that_was_ended_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "findings.jsonl"
    file.write_text(json.dumps({"urn": "urn:x", **ROW}) + '\n{"version": 1, "ru')

    assert [row.rule for row in read_rows(file)] == ["r"]


def test_a_pack_that_writes_no_file_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "none") == ()
