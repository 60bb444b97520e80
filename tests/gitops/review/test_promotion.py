"""An environment gets what the one before it verified; what else differs is declared in YAML, or it is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from gitops.checkout.targets import Target
from gitops.commands import promote
from gitops.commands.promote import find_former, judge, read_proofs
from gitops.engine.install import Engine
from gitops.records import Level, Op, Operation, RunError, RunRecord, Status, Step
from gitops.report.model.context import Context
from gitops.reporting import read, write
from gitops.review.declared import rehearse_configs
from gitops.review.promotion import (
    Snapshots,
    describe,
    find_differences,
    find_fault_of_proof,
    find_release_difference,
    find_undeclared,
    list_declared,
    take_snapshot,
)
from gitops.run import Run

UNKNOWN = "[known after apply]"
Resources = dict[str, dict[str, Any]]


def record(
    environment: str, resources: Resources, op: Op = Op.UPDATE, *, named: bool = False, **more: object
) -> RunRecord:
    """A record with one step for each resource, all done by the same operation; `named` are they by their provider."""
    made = [
        Step(op=op, urn=f"urn:pulumi:{environment}::web::aws:x:X::{name}", type="aws:x:X", name=name, inputs=inputs)
        for name, inputs in resources.items()
    ]
    steps = [step.model_copy(update={"automatic": ("n",) if named else ()}) for step in made]
    fields = {"stack": "web", "environment": environment, "operation": Operation.PREVIEW, "rehearsal": True}
    return RunRecord.model_validate({**fields, "status": Status.SUCCEEDED, "steps": steps, **more})


def compare(
    verified: Resources,
    shown: Resources,
    plain: Resources | None = None,
    declared: Resources | None = None,
    own: Resources | None = None,
    op: Op = Op.UPDATE,
) -> list[tuple[str, str]]:
    """Resource and path of each difference. What no config says otherwise comes to what was verified."""
    change = record("prod", shown, op)
    base = record("dev", verified if plain is None else plain)
    from_yaml = record("dev", (verified if plain is None else plain) if declared is None else declared)
    itself = record("prod", own or {})
    rehearsed = map(take_snapshot, (base, from_yaml, itself))
    snapshots = Snapshots(take_snapshot(record("dev", verified)), take_snapshot(change), *rehearsed)
    return [(found.urn.rsplit("::")[-1], found.path) for found in find_undeclared(change, snapshots)]


def test_a_value_that_neither_was_verified_nor_is_declared_is_found() -> None:
    assert compare({"a": {"count": 2, "size": "s"}}, {"a": {"count": 300, "size": "s"}}) == [("a", "count")]
    assert compare({"a": {"count": 2}}, {"a": {"count": 2, "open": True}}) == [("a", "open")]
    assert compare({"a": {"rules": [{"port": 80}]}}, {"a": {"rules": [{"port": 22}]}}) == [("a", "rules.0.port")]
    assert compare({"a": {"text": '{"Effect": "Deny"}'}}, {"a": {"text": '{"Effect": "Allow"}'}}) == [
        ("a", "text.Effect")
    ]


def test_what_the_config_files_make_of_the_program_is_declared() -> None:
    assert compare({"a": {"n": 2}}, {"a": {"n": 6}}, {"a": {"n": 2}}, {"a": {"n": 6}}) == []
    # a cloud was asked as well, so that the value itself is another one: the property is declared to differ
    assert compare({"a": {"n": "x2"}}, {"a": {"n": "x6"}}, {"a": {"n": "2"}}, {"a": {"n": "6"}}) == []
    # what dev lacks because somebody took it away by hand is what the config comes to all the same
    assert compare({"a": {"n": 1}}, {"a": {"n": 6}}, {"a": {"n": 6}}, {"a": {"n": 6}}) == []


def test_a_resource_that_only_this_environment_gets_is_declared_or_found() -> None:
    both = {"a": {"n": 1}, "b": {"n": 1}}

    assert compare({"a": {"n": 1}}, both, {"a": {"n": 1}}, both, op=Op.CREATE) == []
    assert compare({"a": {"n": 1}}, both, op=Op.CREATE) == [("b", "")]
    assert compare({"a": {"n": 1}}, both, both, both, op=Op.CREATE) == [("b", "")]


def test_what_the_change_does_not_touch_is_no_part_of_it() -> None:
    assert compare({"a": {"count": 2}}, {"a": {"count": 300}}, op=Op.SAME) == []
    assert compare({}, {"a": {"count": 300}}, op=Op.DELETE) == []


@pytest.mark.parametrize(
    ("verified", "shown", "equal"),
    [
        ("web-dev-role", "web-prod-role", True),
        ("web-dev-role", "web-test-role", False),
        ("ml-dev@example.com", "ml-dev@example.com", True),
        ("arn:aws:iam::111111111111:role/x", "arn:aws:iam::222222222222:role/x", True),
        ("arn:aws:iam::111111111111:role/x", "arn:aws:iam::222222222222:role/y", False),
        ("a-1a2b3c4", "a-99aa00b", False),
        ("web-dev-a-very-long-na-1a2b3c", "web-prod-a-very-long-n-99aa00", True),
        ("web-dev-a-very-long-na-1a2b3c", "web-prod-quite-another-99aa00", False),
        ("device", "product", False),
        (UNKNOWN, "vpc-1", True),
        (2000000, 2000001, False),
        ("2000000", "2000001", False),
    ],
)
def test_names_and_accounts_differ_by_environment_and_nothing_else(verified: Any, shown: Any, equal: bool) -> None:
    assert compare({"a": {"n": verified}}, {"a": {"n": shown}}) == ([] if equal else [("a", "n")])


@pytest.mark.parametrize(
    ("verified", "shown", "named", "equal"),
    [
        ("a-1a2b3c4", "a-99aa00b", True, True),
        ("a-1a2b3c4", "a-99aa00b", False, False),
        ("b-1a2b3c4", "b-99aa00b", True, False),
    ],
)
def test_the_end_of_a_name_may_differ_where_the_provider_made_it_up(
    verified: str, shown: str, named: bool, equal: bool
) -> None:
    """Of what is verified nobody may have noted it: the program that ran for the preview tells."""
    change, proof = record("prod", {"a": {"n": shown}}, named=named), record("dev", {"a": {"n": verified}})
    nothing = [record(environment, {}) for environment in ("dev", "dev", "prod")]

    found = judge(change, proof.model_copy(update={"operation": Operation.DRIFT}), "dev", nothing)

    assert [finding.message.split()[0] for finding in found] == ([] if equal else ["n"])


def test_a_reference_to_what_is_made_is_compared_where_it_is_made() -> None:
    open_value = {"a": {"subnets": UNKNOWN}}

    assert compare({"a": {"subnets": ["s-1"]}}, {"a": {"subnets": ["s-2", "s-3"]}}, open_value, open_value) == []


def test_a_hash_is_declared_where_the_rehearsal_comes_to_the_same() -> None:
    before, after = {"a": {"hash": "0e256b83e17f"}}, {"a": {"hash": "408685552319"}}

    assert compare(before, after, own=after) == []
    assert compare(before, after, own={"a": {"hash": "ffffffffffff"}}) == [("a", "hash")]


def release(version: str, digest: str = "sha256:aa", image: str = "1.dkr/web-dev@sha256:11") -> dict[str, Any]:
    return {"release": {"model_version": version, "artefact_digest": digest, "image": image}}


def test_a_release_is_the_one_that_was_verified_or_none_that_this_change_brings() -> None:
    proof = record("dev", {}, outputs=release("2"))

    def bring(before: dict[str, Any], after: dict[str, Any]) -> str:
        return find_release_difference(record("prod", {}, outputs_before=before, outputs=after), proof)

    assert bring(release("1", "sha256:99"), release("2", image="2.dkr/web-prod@sha256:11")) == ""
    assert bring(release("1"), release("1")) == "", "an older release that stays is not deployed"
    assert "model_version 3, verified was 2" in bring(release("1"), release("3"))
    assert "artefact_digest sha256:bb" in bring(release("1"), release("2", "sha256:bb"))
    assert "image sha256:22" in bring({}, release("2", image="web-prod@sha256:22"))
    assert "it is unknown which release" in find_release_difference(
        record("prod", {}, outputs=release("2")), record("dev", {})
    )


def test_a_difference_blocks_with_the_line_that_makes_it() -> None:
    change = record("prod", {"a": {"n": 3}})
    nothing = take_snapshot(record("dev", {"a": {"n": 2}}))

    (found,) = find_differences(
        change, record("dev", {}), Snapshots(nothing, take_snapshot(change), nothing, nothing, nothing)
    )

    assert (found.level, found.urn) == (Level.MANDATORY, change.steps[0].urn)
    assert found.message == "n is 3, verified was 2, and no YAML declares the difference"


def test_only_a_verification_that_came_to_a_good_end_proves_something() -> None:
    change, proof = record("prod", {}), record("dev", {}, operation=Operation.DRIFT)
    broken = {"status": Status.FAILED, "error": RunError(kind="deployment", message="answers 500")}

    assert find_fault_of_proof(change, proof, "dev") == ""
    assert find_fault_of_proof(change, None, "dev") == "there is no record that dev verified it"
    assert "answers 500" in find_fault_of_proof(change, proof.model_copy(update=broken), "dev")
    assert "no comparison" in find_fault_of_proof(change, record("dev", {}), "dev")
    assert "rehearsal" in find_fault_of_proof(change.model_copy(update={"rehearsal": False}), proof, "dev")


def test_a_proof_is_of_this_commit_and_of_the_latest_attempt(tmp_path: Path) -> None:
    for name, commit, edited, topics in (
        ("verified-dev-2", "c1", False, {"a": {"n": 2}}),
        ("verified-dev-10", "c1", False, {"a": {"n": 10}}),
        ("verified-dev-11", "c0", False, {"a": {"n": 11}}),
        ("verified-dev-12", "c1", True, {"a": {"n": 12}}),
    ):
        write(tmp_path / name, [record("dev", topics, operation="drift")], Context(commit=commit, edited=edited))

    found = read_proofs(tmp_path, "c1")

    assert [step.inputs for step in found["web/dev"].steps] == [{"n": 10}]
    assert read_proofs(tmp_path, "c2") == {}


@pytest.mark.parametrize(("advisory", "code"), [(False, 1), (True, 0)])
def test_what_nothing_proves_ends_the_run_unless_it_is_only_to_be_listed(
    checkout: Callable[..., Path], engine: Engine, monkeypatch: pytest.MonkeyPatch, advisory: bool, code: int
) -> None:
    root = checkout("", dev="", prod="")
    monkeypatch.chdir(root)
    monkeypatch.setattr(promote, "rehearse_configs", lambda run, targets, *_: dict.fromkeys(targets, ()))
    write(root / "reviewed", [record("prod", {"a": {"n": 1}}, Op.CREATE)], Context(commit="c1"))

    with pytest.raises(typer.Exit) as ended:
        promote.command("prod", root / "reviewed", root / "no-proofs", advisory)

    assert ended.value.exit_code == code
    (judged,) = read(root / "reviewed")
    assert [finding.level for finding in judged.findings] == [Level.ADVISORY if advisory else Level.MANDATORY]


def test_a_single_proof_lies_in_no_folder_of_its_own(tmp_path: Path) -> None:
    """https://github.com/actions/download-artifact/blob/v8.0.1/src/download-artifact.ts: what a pattern finds alone."""
    write(tmp_path, [record("dev", {}, operation="drift")], Context(commit="c1"))

    assert read_proofs(tmp_path, "c1").keys() == {"web/dev"}


def test_a_stack_is_promoted_from_the_nearest_environment_that_has_it(checkout: Callable[..., Path]) -> None:
    root = checkout("", dev="", prod="")

    assert find_former(root, "prod", [record("prod", {})]) == {Target("web", "prod"): "dev"}
    assert find_former(root, "dev", [record("dev", {})]) == {}
    (root / "stacks/web/Pulumi.staging.yaml").write_text("config: {}\n")
    assert find_former(root, "prod", [record("prod", {})]) == {Target("web", "prod"): "staging"}


def test_the_approver_is_told_in_one_line() -> None:
    keys = list_declared({"config": {"web:n": 1, "web:m": {"x": 1}}}, {"config": {"web:n": 1, "web:m": {"x": 2}}})

    assert keys == ("m.x",)
    assert describe("web/prod", "dev", 0, keys) == "web/prod: as dev verified it, but for what the YAML declares: m.x"
    assert describe("web/prod", "dev", 0, ()) == "web/prod: as dev verified it, with the same config"
    assert describe("web/prod", "dev", 2, keys).startswith("web/prod: 2 differences from what dev verified that no")


def test_both_configs_are_rehearsed_under_the_name_of_the_environment_before(
    checkout: Callable[..., Path], run_for: Callable[..., Run]
) -> None:
    program = """
        import pulumi, pulumi_aws as aws
        stack = pulumi.get_stack()
        aws.sns.Topic("news", name=f"{stack}-{pulumi.Config().require('title')}")
    """
    root = checkout(program, dev="web:title: plain", prod="web:title: loud")
    target = Target("web", "prod")

    records = rehearse_configs(run_for(root), [target], {target: "dev"}, lambda record: None)[target]

    assert [record.error for record in records] == [None] * 3
    assert [step.inputs["name"] for record in records for step in record.steps] == [
        "dev-plain",
        "dev-loud",
        "prod-loud",
    ]
