"""A pull request that changes the policy pack: what `gitops preview` says of one that is weaker, broken or mended."""

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

from gitops.engine.install import Engine
from tests.git import commit_all

ROOT = Path(__file__).parents[3]
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
    commit_all(root)
    return root


def run_preview(root: Path) -> tuple[int, str, str]:
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

    code, comment, page = run_preview(committed)

    told = (
        "The rule required-tags-are-set is removed.",
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

    code, comment, page = run_preview(committed)

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
        ("levels.yaml", "cost: {dev: advisory", "cost: {dev: advisry", "levels.yaml:14", "there is no level 'advisry'"),
    ],
)
def test_a_pack_that_does_not_start_is_named_by_file_and_line(
    committed: Path, engine: Engine, file: str, old: str, new: str, place: str, why: str
) -> None:
    replace_in(committed / "policies" / file, old, new)

    code, comment, page = run_preview(committed)

    assert code == 2
    for form in (comment.replace("\\", ""), unescape(page)):
        assert f"the policy pack cannot start: policies/{place}" in form
        assert why in form
    assert str(committed) not in comment + page
    assert "gitops-judge-" not in comment + page


def test_a_change_that_mends_a_broken_pack_is_judged(committed: Path, engine: Engine) -> None:
    mended = (committed / "policies" / "rule.py").read_text()
    (committed / "policies" / "rule.py").write_text("def (")
    commit_all(committed)
    (committed / "policies" / "rule.py").write_text(mended)

    code, comment, _ = run_preview(committed)

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

    code, comment, _ = run_preview(committed)

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

    code, comment, page = run_preview(committed)

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
