"""Judging an exported state: the same findings as the engine's, exit codes, and files that are no state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policies.check import main

ROOT = Path(__file__).parents[2]
URN = "urn:pulumi:prod::web::aws:appautoscaling/target:Target::target"
PROPERTIES = {"scalableDimension": "ecs:service:DesiredCount", "serviceNamespace": "ecs", "maxCapacity": 4}


def state(minimum: object = 2, stack: str = "prod", **more: Any) -> dict[str, Any]:
    """A stack with a scalable target and the policy that refers to it, as `pulumi stack export` writes it."""
    properties = {**PROPERTIES, "minCapacity": minimum}
    target = {"urn": URN, "type": "aws:appautoscaling/target:Target", "inputs": properties, "outputs": properties}
    tracking = {"targetValue": 60, "scaleInCooldown": 300, "scaleOutCooldown": 60}
    scaling = {
        "policyType": "TargetTrackingScaling",
        "serviceNamespace": "ecs",
        "targetTrackingScalingPolicyConfiguration": tracking,
    }
    policy = {
        "urn": "urn:pulumi:prod::web::aws:appautoscaling/policy:Policy::policy",
        "type": "aws:appautoscaling/policy:Policy",
        "inputs": scaling,
        "outputs": scaling,
        "propertyDependencies": {"resourceId": [URN], "policyType": None},
    }
    resources = [{**target, **more}, policy]
    text = json.dumps({"version": 3, "deployment": {"resources": resources}})
    return json.loads(text.replace("urn:pulumi:prod", f"urn:pulumi:{stack}"))


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, found: Any, *options: str) -> tuple[int, str, str]:
    file = tmp_path / "state.json"
    file.write_text(found if isinstance(found, str) else json.dumps(found))
    code = main([str(file), *options])
    out, err = capsys.readouterr()
    return code, out, err


def test_state_that_is_fine_exits_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    summary = "0 mandatory and 0 advisory findings, 0 not judged, on 2 resources at the levels of prod\n"

    assert run(capsys, tmp_path, state()) == (0, summary, "")


def test_finding_is_told_as_json_and_exits_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, tmp_path, state(minimum=1), "--json")
    [row] = json.loads(out)

    assert code == 1
    assert (row["rule"], row["level"], row["urn"]) == ("scaling-target-keeps-two", "mandatory", URN)
    assert row["message"] == "minCapacity is 1, wanted 2 or more"


def test_relation_is_read_from_the_states_dependencies(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = state()
    del found["deployment"]["resources"][1]["propertyDependencies"]

    _, out, _ = run(capsys, tmp_path, found)

    assert "scaling-target-has-a-policy" in out


def test_encrypted_secret_is_not_judged_and_said_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}

    code, out, _ = run(capsys, tmp_path, state(minimum=mark), "--json")

    assert code == 0
    assert {row["standing"] for row in json.loads(out)} == {"unknown"}


def test_resource_that_waits_for_deletion_is_not_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path, state(minimum=1, delete=True))[0] == 0


def test_environment_is_the_stacks_unless_it_is_given(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path, state(minimum=1, stack="dev"))[0] == 0
    assert run(capsys, tmp_path, state(minimum=1, stack="dev"), "--environment", "prod")[0] == 1


def test_file_of_a_state_backend_is_judged_like_an_export(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept = {"version": 3, "checkpoint": {"stack": "organization/web/prod", "latest": state(1)["deployment"]}}

    code, out, _ = run(capsys, tmp_path, kept)

    assert code == 1
    assert "scaling-target-keeps-two" in out


@pytest.mark.parametrize(
    "empty",
    [
        {"version": 3, "deployment": {"manifest": {"time": "2026-01-01T00:00:00Z", "version": "v3.257.0"}}},
        {"version": 3, "checkpoint": {"stack": "organization/web/dev"}},
    ],
)
def test_stack_where_nothing_was_deployed_is_fine(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, empty: dict[str, Any]
) -> None:
    code, out, _ = run(capsys, tmp_path, empty)

    assert code == 0
    assert "on 0 resources" in out


def test_resource_that_the_stack_only_reads_is_not_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path, state(minimum=1, external=True))[0] == 0


def test_what_a_provider_noted_for_itself_is_no_value(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Providers made from Terraform's keep `__defaults` in every object of a state."""
    urn = "urn:pulumi:prod::web::aws:apigateway/deployment:Deployment::d"
    deployment = {
        "urn": urn,
        "type": "aws:apigateway/deployment:Deployment",
        "inputs": {"triggers": {"__defaults": []}},
    }

    _, out, _ = run(capsys, tmp_path, {"deployment": {"resources": [deployment]}})

    assert "triggers is empty" in out


def test_worst_findings_come_first_and_the_fix_below(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = state(minimum=1)
    found["deployment"]["resources"][0]["inputs"]["maxCapacity"] = 1
    del found["deployment"]["resources"][1]["propertyDependencies"]

    _, out, _ = run(capsys, tmp_path, found)
    lines = out.splitlines()

    assert lines[0] == "mandatory critical scaling-target-has-a-policy  aws:appautoscaling/target:Target target"
    assert lines[2].startswith("    → Add a target tracking policy")
    assert [line.split()[1] for line in lines if line.startswith("mandatory")] == ["critical", "high", "high"]


def test_resources_of_other_providers_are_not_the_packs_business(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    foreign = [
        {"urn": f"urn:pulumi:prod::web::{type_}::x", "type": type_, "inputs": {"acl": "public-read"}}
        for type_ in ("gcp:storage/bucket:Bucket", "kubernetes:core/v1:Pod", "pulumi:providers:aws", "my:own:Thing")
    ]

    assert run(capsys, tmp_path, {"version": 3, "deployment": {"resources": foreign}})[0] == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1 is no JSON (Expecting property name"),
        ("", "line 1 is no JSON"),
        ("[]", "found no deployment.resources, expected the output of `pulumi stack export`"),
        ('{"deployment": null}', "found no deployment.resources"),
        ('{"deployment": {"resources": 7}}', "found no list as resources"),
        ('{"deployment": {"resources": [1]}}', "resource 0: found no object"),
        ('{"deployment": {"resources": [{"urn": "u"}]}}', "resource 0: found no text as type"),
        (
            '{"deployment": {"resources": [{"urn": "u", "type": "t", "inputs": []}, {}]}}',
            "resource 1: found no text as urn",
        ),
        ('{"deployment": {"resources": [{"urn": "u", "type": "t", "inputs": [1]}]}}', "found no object as inputs"),
    ],
)
def test_file_that_is_no_state_exits_2_and_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, why: str
) -> None:
    code, out, err = run(capsys, tmp_path, text)

    assert (code, out) == (2, "")
    assert "state.json: " in err
    assert why in err


def test_bytes_and_missing_files_are_named_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "state.gz").write_bytes(b"\x1f\x8b\x08\x00")

    assert main([str(tmp_path / "state.gz")]) == 2
    assert main([str(tmp_path / "none.json")]) == 2
    first, second = capsys.readouterr().err.splitlines()

    assert "state.gz: found no text" in first
    assert "none.json: cannot be read (No such file or directory)" in second


def test_command_line_is_the_one_that_the_tool_calls(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state(minimum=1)))
    command = [sys.executable, "-m", "policies.check", str(file), "--environment", "prod", "--json"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert [row["rule"] for row in json.loads(done.stdout)] == ["scaling-target-keeps-two"]
