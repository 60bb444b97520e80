"""A change that weakens its own policies is reported."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import yaml

from gitops import catalogue
from gitops.catalogue import Catalogue, Rule
from gitops.checkout.targets import discover
from gitops.engine.install import Engine
from gitops.preview import preview
from gitops.records import Finding, Level, RunRecord, Severity, Status
from gitops.review.regressions import (
    compare_examples,
    compare_exemptions,
    compare_findings,
    compare_levels,
    compare_packs,
    compare_thresholds,
    judge_examples,
)
from gitops.run import Run

ROOT = Path(__file__).parents[3]
GROUP = 'import pulumi_aws as aws\naws.cloudwatch.LogGroup("logs")\n'


def rule(**levels: str) -> Rule:
    return Rule(rule="r", title="", why="", fix="", reference="", severity=Severity.LOW, levels=levels)


def record(*rules: str, level: Level = Level.MANDATORY) -> RunRecord:
    found = [Finding(rule=r, level=level, severity=Severity.LOW, message="", urn="urn:x") for r in rules]
    fields = {"stack": "web", "environment": "dev", "operation": "preview", "rehearsal": True}
    return RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "findings": found})


def test_removed_rules_and_lowered_levels_are_told_and_raised_ones_are_not() -> None:
    assert compare_levels({"r": rule(dev="advisory")}, {}) == ["The rule r is removed."]
    assert compare_levels({"r": rule(prod="mandatory")}, {"r": rule(prod="advisory")}) == [
        "The rule r is advisory in prod; on the base it is mandatory."
    ]
    assert compare_levels({"r": rule(prod="advisory")}, {"r": rule(prod="mandatory"), "s": rule()}) == []


def describe_with(tmp_path: Path, config: dict[str, object]) -> Catalogue:
    """What the pack says of its rules in a checkout whose `policies/config.json` is this."""
    root = tmp_path / f"checkout-{len(list(tmp_path.iterdir()))}"
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "policies" / "config.json").write_text(json.dumps(config))
    return catalogue.read(root)


def test_what_the_repositorys_config_lowers_is_told_like_a_change_of_the_pack(tmp_path: Path) -> None:
    base = describe_with(tmp_path, {})
    lowered = describe_with(
        tmp_path,
        {
            "ecs-service-scales": "advisory",
            "scaling-target-keeps-two": {"least": 1},
            "scaling-target-is-bounded": {"most": 500},
            "tags-say-whose-it-is": {"tags": ["owner"]},
            "dns-record-is-forgotten-soon": {"seconds": 60},
        },
    )

    assert compare_levels(base, lowered) == [
        f"The rule ecs-service-scales is advisory in {environment}; on the base it is mandatory."
        for environment in base["ecs-service-scales"].levels
    ]
    assert [sentence.partition(";")[0] for sentence in compare_thresholds(base, lowered)] == [
        "The threshold seconds of the rule dns-record-is-forgotten-soon is 60",
        "The threshold most of the rule scaling-target-is-bounded is 500",
        "The threshold least of the rule scaling-target-keeps-two is 1",
        "The threshold tags of the rule tags-say-whose-it-is is ['owner']",
    ]


def test_a_rule_that_the_repositorys_config_raised_and_raises_no_more_is_told(tmp_path: Path) -> None:
    name = "storage-key-rotates"
    raised = describe_with(tmp_path, {"pack-settings": {"rules": {name: {"prod": "mandatory", "dev": "remediate"}}}})
    lowered = describe_with(tmp_path, {"pack-settings": {"rules": {name: {"prod": "advisory", "dev": "mandatory"}}}})

    assert compare_levels(raised, lowered) == [f"The rule {name} is advisory in prod; on the base it is mandatory."]
    assert compare_levels(lowered, raised) == []
    assert raised[name].set_by == dict.fromkeys(["dev", "prod"], "policies/config.json")


def test_a_threshold_that_asks_for_more_does_not_weaken_the_judge(tmp_path: Path) -> None:
    stricter = describe_with(
        tmp_path, {"scaling-target-keeps-two": {"least": 3}, "scaling-target-is-bounded": {"most": 20}}
    )

    assert compare_thresholds(catalogue.read(ROOT), stricter) == []


def test_added_exemptions_are_told_and_removed_ones_are_not(tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2027-01-01}\n")
    after.write_text("exemptions:\n- {rule: b, resource: 'urn:*', expires: 2027-01-01}\n")

    assert compare_exemptions(before, after) == ["An exemption from b for urn:* is added."]
    assert compare_exemptions(tmp_path / "none.yaml", before) == ["An exemption from a for * is added."]

    after.write_text("exemptions:\n- {rule: a, resource: '*', expires: 2028-01-01}\n")
    assert compare_exemptions(before, after) == ["An exemption from a for * is added."]


def test_base_examples_that_this_pack_cannot_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("stacks: {}\n")

    assert compare_examples({}, ROOT, tmp_path) == [
        "The base's examples cannot be judged by this change's pack: KeyError: 'resources'."
    ]


def test_the_pack_finds_every_break_of_its_own_examples() -> None:
    assert judge_examples(ROOT, ROOT / "policies" / "examples") == []


def test_findings_that_vanish_are_told() -> None:
    (once,) = compare_findings([record("a", "b")], [record("a")])

    assert once == "The base's pack finds b once in web/dev where this change's does not."
    assert compare_findings([record("a")], [record("a", "b")]) == []


def test_a_finding_that_became_advice_is_told_and_one_that_became_mandatory_is_not() -> None:
    mandatory, advice = record("a"), record("a", level=Level.ADVISORY)

    assert compare_findings([mandatory], [advice]) == [
        "The base's pack finds a once in web/dev where this change's does not."
    ]
    assert compare_findings([advice], [mandatory]) == []


@pytest.fixture
def judged(checkout: Callable[..., Path]) -> Path:
    root = checkout(GROUP, prod="")
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    commit(root)
    return root


def commit(root: Path) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "base"]):
        subprocess.run(["git", *command], cwd=root, check=True)


@pytest.mark.slow("three previews: as it was, silenced, and judged by the base's pack")
def test_a_rule_edited_so_that_a_finding_vanishes_is_told(judged: Path, run_for: Callable[..., Run]) -> None:
    run, targets = run_for(judged, judged=True), discover(judged)
    (before,) = preview(run, targets, cache=None, on_done=lambda _record: None)
    (name,) = {f.rule for f in before.findings if "has-retention" in f.rule}
    silence(judged, name)
    records = preview(run, targets, cache=None, on_done=lambda _record: None)

    sentences = compare_packs(run, "HEAD", targets, records, lambda _record: None)

    assert f"The base's pack finds {name} once in web/prod where this change's does not." in sentences


def test_an_unchanged_pack_is_not_run_again(judged: Path, run_for: Callable[..., Run]) -> None:
    ran: list[RunRecord] = []

    assert compare_packs(run_for(judged, judged=True), "HEAD", discover(judged), [], ran.append) == ()
    assert ran == []


GUARDED = """
    import pulumi
    import pulumi_aws as aws

    days = pulumi.Config().get_int("days")
    aws.cloudwatch.LogGroup("logs", retention_in_days=days)
    aws.s3.Bucket("open", acl="public-read")
"""
EXEMPTION = """exemptions:
  - resource: urn:pulumi:prod::web::aws:cloudwatch/logGroup:LogGroup::logs
    rule: log-group-is-encrypted
    reason: The logs hold nothing yet
    owner: ml-platform
    expires: 2999-12-31
"""


@pytest.fixture
def committed(checkout: Callable[..., Path]) -> Path:
    root = checkout(GUARDED, prod="web:days: 0")
    shutil.copytree(ROOT / "policies", root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    commit(root)
    return root


def previewed(root: Path) -> tuple[int, str, str]:
    """Exit code of `gitops preview --rehearse --base HEAD`, its comment and its page."""
    command = [sys.executable, "-m", "gitops", "preview", "--rehearse", "--base", "HEAD"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=180)
    comment, page = ((root / "report" / name).read_text() for name in ("comment.md", "index.html"))
    return done.returncode, comment, page


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.slow("the base is deployed, then the change judged by two packs")
def test_every_way_of_weakening_the_judge_is_told_in_the_report(committed: Path, engine: Engine) -> None:
    pack = committed / "policies"
    replace_in(pack / "rules" / "__init__.py", '    "tags",\n', "")
    replace_in(pack / "levels.yaml", "hygiene: {dev: advisory,", "hygiene: {dev: disabled,")
    (pack / "exemptions.yaml").write_text(EXEMPTION)
    replace_in(pack / "rules" / "buckets.py", '("public-", "authenticated-")', '("authenticated-",)')
    replace_in(pack / "rules" / "encryption.py", "if symmetric and", "if False and")

    code, comment, page = previewed(committed)

    told = (
        "The rule tags-say-whose-it-is is removed.",
        "The rule log-group-has-retention is disabled in dev; on the base it is advisory.",
        "An exemption from log-group-is-encrypted for urn:pulumi:prod::web::aws:cloudwatch/logGroup:LogGroup::logs is",
        "The base's pack finds storage-bucket-has-no-public-acl once in web/prod where this change's does not.",
        "The rule storage-key-rotates no longer finds 1 of the base's examples of what breaks it.",
    )
    assert code == 1, comment  # what is left of the findings is advice, but nobody accepted a weaker judge
    plain = comment.replace("\\", ""), unescape(page)
    assert [sentence for sentence in told if any(sentence not in form for form in plain)] == []


def test_a_stack_that_satisfies_a_rule_does_not_weaken_the_judge(committed: Path, engine: Engine) -> None:
    """The finding vanishes because the config was mended, although the pack changes too (a level is raised)."""
    replace_in(committed / "stacks" / "web" / "Pulumi.prod.yaml", "days: 0", "days: 400")
    replace_in(committed / "policies" / "levels.yaml", "cost: {dev: advisory", "cost: {dev: mandatory")

    code, comment, page = previewed(committed)

    assert code == 1
    assert "log-group-has-retention" not in comment
    assert "base's pack" not in comment + page


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "why"),
    [
        (
            "rules/encryption.py",
            "def storage_key_rotates(",
            "def storage_key_rotates)",
            "rules/encryption.py:",
            "SyntaxError: ",
        ),
        pytest.param(
            *("__main__.py", "def start() -> None:", "def start() -> None", "__main__.py:", "SyntaxError"),
            marks=pytest.mark.soak,
        ),
        pytest.param(
            *("host.py", "import grpc", "import grpcc", "host.py:", "ModuleNotFoundError: No module named 'grpcc'"),
            marks=pytest.mark.soak,
        ),
        ("levels.yaml", "cost: {dev: advisory", "cost: {dev: advisry", "levels.yaml:9", "there is no level 'advisry'"),
    ],
)
def test_a_pack_that_does_not_start_is_named_by_file_and_line(
    committed: Path, engine: Engine, file: str, old: str, new: str, place: str, why: str
) -> None:
    replace_in(committed / "policies" / file, old, new)

    code, comment, page = previewed(committed)

    assert code == 2
    for form in (comment.replace("\\", ""), unescape(page)):
        assert f"the policy pack cannot start: policies/{place}" in form
        assert why in form
    assert str(committed) not in comment + page
    assert "gitops-judge-" not in comment + page


def test_a_change_that_mends_a_broken_pack_is_judged(committed: Path, engine: Engine) -> None:
    mended = (committed / "policies" / "rule.py").read_text()
    (committed / "policies" / "rule.py").write_text("def (")
    commit(committed)
    (committed / "policies" / "rule.py").write_text(mended)

    code, comment, _ = previewed(committed)

    assert code == 1
    assert "log-group-has-retention" in comment
    assert "The two packs cannot be compared: policies/rule.py:1" in comment.replace("\\", "")


ENTRIES = [
    # log group: used, and said so; bucket: expired, unused, too broad, of no rule
    ("aws:cloudwatch/logGroup:LogGroup::logs", "log-group-is-encrypted", "2999-12-31"),
    ("aws:s3/bucket:Bucket::open", "storage-bucket-has-no-public-acl", "2020-01-01"),
    ("aws:s3/bucket:Bucket::closed", "storage-bucket-has-no-public-acl", "2999-12-31"),
    ("aws:s3/bucket:Bucket::*", "storage-bucket-keeps-versions", "2999-12-31"),
    ("aws:s3/bucket:Bucket::open", "storage-bucket-keeps-version", "2999-12-31"),
]


def test_exemptions_used_are_shown_and_wrong_ones_fail_on_their_own_line(committed: Path, engine: Engine) -> None:
    rows = [
        {
            "resource": f"urn:pulumi:prod::web::{resource}",
            "rule": rule,
            "reason": "Nothing yet",
            "owner": "ml-platform",
            "expires": expires,
        }
        for resource, rule, expires in ENTRIES
    ]
    text = yaml.safe_dump({"exemptions": rows}, sort_keys=False, width=1_000)
    (committed / "policies" / "exemptions.yaml").write_text(text)
    first, *lines = [at for at, line in enumerate(text.splitlines(), 1) if line.startswith("- ")]

    code, comment, _ = previewed(committed)

    record = json.loads((committed / "report" / "records" / "web.prod.json").read_text())
    faults = {f["source"]["line"]: f for f in record["findings"] if f["rule"] == "exemptions-are-in-order"}
    assert code == 1
    assert [used["source"] for used in record["exemptions"]] == [{"file": "policies/exemptions.yaml", "line": first}]
    assert "Nothing yet" in comment
    assert sorted(faults) == lines
    assert {fault["level"] for fault in faults.values()} == {"mandatory"}
    whys = ("expired on 2020-01-01", "unused: ", "is too broad", "there is no rule 'storage-bucket-keeps-version'")
    for line, why in zip(lines, whys, strict=True):
        assert why in faults[line]["message"]
    assert "storage-bucket-has-no-public-acl" in {finding["rule"] for finding in record["findings"]}
    annotations = (committed / "report" / "annotations.txt").read_text()
    assert all(f"::error file=policies/exemptions.yaml,line={line}," in annotations for line in lines)


def test_a_rule_that_raises_is_named_and_never_a_pass(committed: Path, engine: Engine) -> None:
    broken = committed / "policies" / "rules" / "buckets.py"
    replace_in(broken, 'public = (bucket.text("acl") or', 'public = {}[bucket.name] or (bucket.text("acl") or')

    code, comment, page = previewed(committed)

    assert code == 1
    said = "the rule itself failed on Bucket 'open': KeyError: 'open'"
    record = json.loads((committed / "report" / "records" / "web.prod.json").read_text())
    (finding,) = [f for f in record["findings"] if f["rule"] == "storage-bucket-has-no-public-acl"]
    assert (finding["level"], finding["message"]) == ("mandatory", said)
    assert [u["rule"] for u in record["unjudged"] if u["raised"]] == ["storage-bucket-has-no-public-acl"]
    assert said in comment.replace("\\", "")
    assert said in unescape(page)
    sarif = json.loads((committed / "report" / "policy.sarif").read_text())
    assert sarif["runs"][0]["invocations"][0]["executionSuccessful"] is False


def silence(root: Path, name: str) -> None:
    """Makes the rule pass whatever it is given, in the checkout's own pack."""
    judge = root / "policies" / "rule.py"
    text = judge.read_text()
    marker = "            for message in messages:"
    assert marker in text
    judge.write_text(text.replace(marker, f"            if self.name == {name!r}:\n                return\n{marker}"))
