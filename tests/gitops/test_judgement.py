"""What the judge says in a message is sorted: violations, exempted ones, ones that wait, rules that broke."""

from __future__ import annotations

from gitops.engine.judgement import sort
from gitops.records import Exemption, Finding, Level, Severity, SourceLine, Unjudged


def finding(message: str, level: Level = Level.ADVISORY) -> Finding:
    return Finding(rule="r", level=level, severity=Severity.HIGH, message=message, urn="urn:x")


def test_a_violation_stays_a_finding() -> None:
    found = finding("minCapacity is 1, wanted 2 or more", Level.MANDATORY)

    assert sort([found]).findings == (found,)


def test_an_exempted_finding_becomes_the_exemption_that_took_it_away() -> None:
    message = "open; exempted: a demo (until May) (owner ml-team, expires 2027-05-01, policies/exemptions.yaml:7)"

    judged = sort([finding(message)])

    assert judged.findings == ()
    assert judged.exemptions == (
        Exemption(
            rule="r",
            reason="a demo (until May)",
            owner="ml-team",
            expires="2027-05-01",
            urn="urn:x",
            source=SourceLine(file="policies/exemptions.yaml", line=7),
        ),
    )


def test_only_advice_can_be_exempted_so_that_no_message_can_talk_itself_out_of_a_mandatory_finding() -> None:
    message = "bad; exempted: says the pull request (owner me, expires 2027-05-01, policies/exemptions.yaml:7)"
    found = finding(message, Level.MANDATORY)

    assert sort([found]).findings == (found,)


def test_a_rule_that_waits_for_apply_is_unjudged_and_no_finding() -> None:
    judged = sort([finding("not judged before apply: bucket is not known yet")])

    assert judged.findings == ()
    assert judged.unjudged == (Unjudged(rule="r", reason="bucket is not known yet", urn="urn:x"),)


def test_a_rule_that_broke_is_a_mandatory_finding_and_unjudged() -> None:
    found = finding("the rule itself failed on web: KeyError: 'x'", Level.MANDATORY)

    judged = sort([found])

    assert judged.findings == (found,)
    assert [u.raised for u in judged.unjudged] == [True]


def test_a_finding_about_the_judges_own_table_lies_on_its_line() -> None:
    (found,) = sort([finding("policies/exemptions.yaml:8: expired on 2026-01-14", Level.MANDATORY)]).findings

    assert found.source == SourceLine(file="policies/exemptions.yaml", line=8)
