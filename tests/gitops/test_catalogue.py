"""A finding gets its rule's words, and the line of the config key that the rule is about."""

from __future__ import annotations

from gitops.catalogue import Rule, enrich, key_lines
from gitops.records import Finding, Level, RunRecord, Severity, SourceLine, Status

CONFIG = """\
config:
  aws:region: us-east-1
  web:scaling:
    min: 1
    schedules:
      day: {min: 2}
  web:tags: {owner: team}
"""
CODE = SourceLine(file="stacks/web/__main__.py", line=9)
COMPONENT = SourceLine(file="shared/scaling.py", line=3)


def rule(config_key: str | None) -> Rule:
    words = {"title": "Two are kept", "why": "One can fail.", "fix": "Set min.", "reference": "https://a.example"}
    return Rule.model_validate({"rule": "keep-two", "severity": Severity.HIGH, "config_key": config_key, **words})


def enriched(catalogue: dict[str, Rule]) -> Finding:
    found = Finding(
        rule="keep-two",
        level=Level.MANDATORY,
        severity=Severity.MEDIUM,
        message="minCapacity is 1",
        source=CODE,
        component=COMPONENT,
    )
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True}
    record = RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "findings": [found]})
    return enrich(record, catalogue, CONFIG, "stacks/web/Pulumi.dev.yaml").findings[0]


def test_every_key_of_the_project_has_its_line() -> None:
    lines = key_lines(CONFIG, "web")

    assert (lines["scaling"], lines["scaling.min"], lines["scaling.schedules.day.min"], lines["tags"]) == (3, 4, 6, 7)
    assert key_lines("config: [", "web") == {}


def test_a_rule_about_a_key_points_at_the_key() -> None:
    found = enriched({"keep-two": rule("scaling.min")})

    assert found.source == SourceLine(file="stacks/web/Pulumi.dev.yaml", line=4)
    assert found.component is None


def test_a_rule_about_code_or_a_key_that_is_not_set_points_at_the_code() -> None:
    for key in (None, "scaling.max"):
        found = enriched({"keep-two": rule(key)})

        assert (found.source, found.component) == (CODE, COMPONENT)


def test_a_finding_has_its_rules_words_and_severity() -> None:
    found = enriched({"keep-two": rule(None)})

    assert (found.title, found.why, found.severity) == ("Two are kept", "One can fail.", Severity.HIGH)
    assert found.message == "minCapacity is 1"
