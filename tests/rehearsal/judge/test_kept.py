"""The linter's answers are kept by resource: who is not asked again must have answered the same again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import cfnlint

from rehearsal.judge.kept import lint_new
from rehearsal.judge.lint import is_judged
from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.template import Template
from rehearsal.values import UNKNOWN
from tests.rehearsal.judge.pairs import linter

ACROSS = re.compile(r"\.get_resources\(|\.graph\b")
"""How a rule of cfn-lint looks at resources that the one it judges does not refer to."""


class Judge:
    """The linter, with the names of the resources that it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, template: Template) -> Iterable[Refusal]:
        self.asked += [resource.resource.name for resource in template.resources.values()]
        return linter().judge(template)


def test_every_rule_that_looks_across_is_known() -> None:
    """A new one's types belong into `kept.TOGETHER`, or its answer would be kept when it is another."""
    rules = Path(cfnlint.__file__).parent / "rules"
    texts = (file.read_text(encoding="utf-8") for file in rules.rglob("*.py"))
    ids = (re.search(r'^    id = "(E\d+)"', text, re.MULTILINE) for text in texts if ACROSS.search(text))
    across = sorted(found[1] for found in ids if found and is_judged(found[1]))

    # E3026 reads a cache's own parameter, E3043 a nested stack's file; neither is written by a translation
    assert across == ["E2529", "E3022", "E3026", "E3043", "E3059"]


def program(*, threshold: int, subnet: str = "10.0.1.0/24") -> Program:
    network = Resource("urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::net", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    topic = Resource("urn:pulumi:dev::shop::aws:sns/topic:Topic::news", "aws:sns/topic:Topic", {"name": "news"})
    inside = Resource(
        "urn:pulumi:dev::shop::aws:ec2/subnet:Subnet::inside",
        "aws:ec2/subnet:Subnet",
        {"vpcId": UNKNOWN, "cidrBlock": subnet},
        sources={"vpcId": (network.urn,)},
    )
    alarm = Resource(
        "urn:pulumi:dev::shop::aws:cloudwatch/metricAlarm:MetricAlarm::late",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {"threshold": threshold, "alarmActions": [UNKNOWN]},
        sources={"alarmActions": (topic.urn,)},
    )
    return Program([network, topic, inside, alarm])


def test_an_edit_is_linted_with_what_it_refers_to(tmp_path: Path) -> None:
    first, again, edited = Judge(), Judge(), Judge()

    lint_new(program(threshold=1), tmp_path, first)
    # a program registers its resources as their inputs come, in another order each time
    lint_new(Program(reversed(program(threshold=1).resources)), tmp_path, again)
    lint_new(program(threshold=2), tmp_path, edited)

    assert (sorted(first.asked), again.asked, sorted(edited.asked)) == (
        ["inside", "late", "net", "news"],
        [],
        ["late", "news"],
    )


def test_a_subnet_is_linted_again_with_its_network(tmp_path: Path) -> None:
    lint_new(program(threshold=1), tmp_path, Judge())
    moved = Judge()

    (refusal,) = lint_new(program(threshold=1, subnet="10.1.1.0/24"), tmp_path, moved)

    assert sorted(moved.asked) == ["inside", "net"]
    assert (refusal.rule, refusal.urn.rpartition("::")[2]) == ("cfn-lint E3059", "inside")


def test_answers_that_cannot_be_read_are_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "answers.sqlite").write_bytes(b"no table of answers" * 100)
    judge = Judge()

    lint_new(program(threshold=1), tmp_path, judge)

    assert len(judge.asked) == 4
