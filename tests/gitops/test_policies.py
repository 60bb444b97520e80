"""`gitops policies` as a stranger would use it: what it lists, explains and judges, and wrong arguments."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gitops import catalogue
from gitops.cli import app
from gitops.commands import policies
from gitops.errors import UserError
from tests.conftest import ROOT

BUCKET = {"urn": "urn:pulumi:dev::web::aws:s3/bucket:Bucket::open", "type": "aws:s3/bucket:Bucket"}
STATE = {"version": 3, "deployment": {"resources": [{**BUCKET, "inputs": {"acl": "public-read"}, "outputs": {}}]}}


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def say(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["policies", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def refusal(*arguments: str) -> UserError:
    result = CliRunner().invoke(app, ["policies", *arguments])
    assert isinstance(result.exception, UserError)
    return result.exception


def test_every_rule_is_listed_with_its_levels() -> None:
    lines = say().splitlines()

    named = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert sorted(named) == sorted(catalogue.read(ROOT))
    assert any(line.startswith("scaling-target-keeps-two ") and "prod:mandatory" in line for line in lines)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_of_the_list_is_wider_than_the_terminal(width: int) -> None:
    for rule in catalogue.read(ROOT).values():
        lines = policies.entry(rule, width).splitlines()
        assert max(map(len, lines)) <= width
        assert lines[0].startswith(f"{rule.rule}  ")
        assert " ".join(" ".join(lines).split()).endswith(rule.title)


def test_listing_and_explanation_are_there_as_json() -> None:
    listed = {rule["rule"]: rule for rule in json.loads(say("--json"))}
    one = json.loads(say("explain", "scaling-target-keeps-two", "--json"))

    assert listed["scaling-target-keeps-two"] == one
    assert one["levels"]["prod"] == "mandatory"


def test_explanation_says_why_how_and_where_to_read_on() -> None:
    told = say("explain", "scaling-target-keeps-two")

    for part in ("One instance runs in one zone", "Fix: Set min_capacity", "Config key: scaling.min", "https://docs"):
        assert part in told
    assert "docs/policies.md#scaling-target-keeps-two" in told


def test_a_level_that_the_repository_set_is_shown_with_the_file_that_sets_it() -> None:
    assert "mandatory in prod by policies/config.json" in say("explain", "api-stage-is-throttled").replace("\n", " ")
    assert " by " not in say("explain", "scaling-target-keeps-two").partition("Severity:")[2].partition("\n")[0]
    listed = " ".join(say("--category", "availability").split())
    assert "ecs-service-rolls-back high, dev:advisory staging:mandatory prod:mandatory (policies/config.json)" in listed


def test_rule_is_explained_under_its_former_name() -> None:
    name = json.loads(say("explain", "door-is-switched-on", "--json"))["rule"]

    assert name == "entry-point-is-enabled"


def test_unknown_rule_gets_the_nearest_or_the_way_to_the_list() -> None:
    assert "Did you mean 'scaling-target-keeps-two'?" in refusal("explain", "scaling-target-keep-two").hint
    assert len(refusal("explain", "xyzzy").hint) < 100


def test_what_no_rule_has_is_refused_and_not_answered_by_an_empty_list() -> None:
    assert refusal("--category", "hygene").hint == "Did you mean 'hygiene'?"
    assert refusal("--framework", "secuirty-hub").hint == "Did you mean 'security-hub'?"


@pytest.mark.parametrize(
    ("option", "near"),
    [
        ("--rule=scaling-target-keep-two", "Did you mean 'scaling-target-keeps-two'? `gitops policies` lists them."),
        ("--category=hygene", "Did you mean 'hygiene'?"),
        ("--framework=secuirty-hub", "Did you mean 'security-hub'?"),
        ("--format=sarf", "Did you mean 'sarif'?"),
        ("--environment=prd", "Did you mean 'prod'?"),
    ],
)
def test_a_check_by_what_is_not_there_is_refused_and_finds_not_nothing(tmp_path: Path, option: str, near: str) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"resources": []}', encoding="utf-8")

    assert refusal("check", str(state), option).hint == near


def test_state_is_judged_at_its_own_stacks_levels(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(STATE))

    codes = [CliRunner().invoke(app, ["policies", "check", str(file), *more]).exit_code for more in ([], ["--json"])]
    out = capfd.readouterr().out

    assert codes == [1, 1]
    assert "at the levels of dev" in out
    assert '"rule": "storage-bucket-has-no-public-acl"' in out


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("none.json", (), "no such file"),
        (".", (), "is a folder"),
        ("state.json", ("--environment", "prdo"), "no environment is called 'prdo'"),
    ],
)
def test_what_cannot_be_judged_is_refused(tmp_path: Path, name: str, more: tuple[str, ...], said: str) -> None:
    (tmp_path / "state.json").write_text("{}")

    assert said in refusal("check", str(tmp_path / name), *more).message


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "said"),
    [
        (
            "rules/log_groups.py",
            "def log_group_has_retention(",
            "def log_group_has_retention)",
            "rules/log_groups.py:",
            "SyntaxError",
        ),
        (
            "rules/iam.py",
            "from ..properties import Properties",
            "from ..property import Properties",
            "rules/iam.py:{line}",
            "ModuleNotFoundError",
        ),
        ("rule.py", "class Kind(StrEnum):", "class Kind(StrEnum:", "rule.py:", "SyntaxError"),
        (
            "rules/log_groups.py",
            "@hygiene.",
            "@safety.",
            "rules/log_groups.py:",
            "name 'safety' is not defined",
        ),
        (
            "levels.yaml",
            "cost: {dev: advisory",
            "cost: {dev: advisry",
            "levels.yaml:{line}",
            "there is no level 'advisry'",
        ),
    ],
)
def test_pack_that_cannot_be_read_is_named_by_its_own_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, where: str, said: str
) -> None:
    pack = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__")))
    text = (pack / file).read_text()
    assert old in text
    (pack / file).write_text(text.replace(old, new))
    where = where.format(line=text[: text.index(old)].count("\n") + 1)

    with pytest.raises(UserError) as error:
        catalogue.read(tmp_path)

    assert error.value.where.startswith(f"policies/{where}")
    assert said in error.value.message
    assert str(tmp_path) not in str(error.value)


def test_a_config_that_cannot_be_used_is_named_without_a_traceback(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("__pycache__")))
    (pack / "config.json").write_text('{"no-such-rule": "advisory"}')

    with pytest.raises(UserError, match="no-such-rule") as error:
        catalogue.read(tmp_path)

    assert "config.json" in str(error.value)
    assert "BadConfig" not in str(error.value)


def test_list_can_be_narrowed_by_category_severity_and_framework() -> None:
    def names(*options: str) -> set[str]:
        return {rule["rule"] for rule in json.loads(say("--json", *options))}

    assert (
        {"storage-key-rotates"}
        <= names("--category", "hygiene", "--severity", "medium")
        < names("--category", "hygiene")
    )
    assert "load-balancer-listener-is-encrypted" in names("--framework", "ELB.1") < names("--framework", "security-hub")
    assert names("--framework", "SC-13") <= names("--framework", "nist")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("sarif", '"uri": "main.py"'),
        ("junit", "storage-bucket-has-no-public-acl"),
        ("markdown", "### "),
        ("json", '"standing": "violation"'),
    ],
)
def test_findings_on_a_state_come_in_the_reports_forms(
    form: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    bucket = STATE["deployment"]["resources"][0] | {"sourcePosition": "project:///main.py#7"}
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [bucket]}}))

    result = CliRunner().invoke(app, ["policies", "check", str(file), "--format", form, "--severity", "critical"])

    assert result.exit_code == 1
    told = result.stdout + capfd.readouterr().out
    assert said in told
    assert "storage-bucket-has-no-public-acl" in told
    assert "storage-bucket-keeps-versions" not in told


def test_baseline_takes_todays_findings_away(tmp_path: Path) -> None:
    file, out, config = tmp_path / "state.json", tmp_path / "base.yaml", tmp_path / "config.json"
    file.write_text(json.dumps(STATE))
    config.write_text(json.dumps({"pack-settings": {"baseline": "base.yaml"}}))

    assert CliRunner().invoke(app, ["policies", "baseline", str(file), "--out", str(out)]).exit_code == 0
    assert "rule: storage-bucket-has-no-public-acl" in out.read_text()
    assert CliRunner().invoke(app, ["policies", "check", str(file), "--config", str(config)]).exit_code == 0


def test_changes_between_two_states_are_checked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(STATE))
    new.write_text(json.dumps({"version": 3, "deployment": {"resources": [], "manifest": {}}}))

    CliRunner().invoke(app, ["policies", "check", str(new), "--before", str(old), "--environment", "prod"])

    assert "change-keeps-data" in capfd.readouterr().out


def test_format_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps(STATE))

    assert "text, json, sarif" in refusal("check", str(tmp_path / "state.json"), "--format", "pdf").hint
