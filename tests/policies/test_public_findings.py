"""What the judge refuses in public programs is a list, and each row says why the rule is right.

The programs' sources are not ours, so that no test can run them: `gitops rehearse FOLDER --up --state DIR`, then
`gitops policies check` on the state, repeats a row.
"""

from __future__ import annotations

from pathlib import Path

from tests.files import read_yaml
from tests.policies.wire import RULES, TABLE
from tests.rehearsal.test_public_programs import programs

LIST = read_yaml(Path(__file__).with_name("public_findings.yaml"))["mandatory"]
MANDATORY = {rule.name for rule in RULES if TABLE.of(rule, "prod").value == "mandatory"}


def test_every_row_is_of_a_mandatory_rule_and_defends_it() -> None:
    assert LIST.keys() <= MANDATORY
    assert [rule for rule, row in LIST.items() if len(row["why"]) < 20 or not row["programs"]] == []


def test_every_program_is_a_known_one() -> None:
    assert {program for row in LIST.values() for program in row["programs"]} <= programs().keys()
