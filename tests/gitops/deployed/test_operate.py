"""An operation is stated before it is approved, and done only as it was stated."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.targets import discover
from gitops.deployed.importing import Existing, choose_provider, write_request
from gitops.deployed.operate import (
    Kind,
    Statement,
    describe,
    describe_forgetting,
    do,
    export,
    needs,
    refuse_another,
)
from gitops.engine import state_file
from gitops.errors import Refused, UserError
from gitops.records import Op, Operation, RunRecord
from gitops.run import Run, perform

URN = "urn:pulumi:dev::web::aws:sns/topic:Topic::"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def silent(_record: RunRecord) -> None:
    pass


def resource(name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{URN}{name}", "type": "aws:sns/topic:Topic", "id": f"id-{name}", **more}


def test_what_is_needed_is_not_forgotten() -> None:
    provider = {"provider": f"{URN}a::7"}
    for needing in ({"dependencies": [f"{URN}a"]}, {"parent": f"{URN}a"}, provider):
        deployment = {"resources": [resource("a"), resource("b", **needing)]}
        assert needs(deployment["resources"][1])
        with pytest.raises(Refused, match="needed by"):
            describe_forgetting(deployment, f"{URN}a")
        assert "stays in the cloud as id-b" in describe_forgetting(deployment, f"{URN}b")[0]
    with pytest.raises(Refused, match="no resource '--all'"):
        describe_forgetting({"resources": [resource("a")]}, "--all")


TOPIC = "aws:sns/topic:Topic"
STACK = "urn:pulumi:dev::web::shared:Alarms::all"
PROVIDERS = tuple(f"urn:pulumi:dev::web::pulumi:providers:aws::{name}" for name in ("default", "west"))


def test_what_is_imported_is_given_by_type_name_and_id() -> None:
    assert Existing.parse(f"{TOPIC} news 'an id'") == Existing(TOPIC, "news", "an id")
    both = Existing(TOPIC, "news", "i", STACK, PROVIDERS[1])
    assert Existing.parse(f"{TOPIC} news i {PROVIDERS[1]} {STACK}") == both
    assert json.loads(write_request(both, PROVIDERS[1])) == {
        "nameTable": {"parent": STACK, "provider": PROVIDERS[1]},
        "resources": [{"type": TOPIC, "name": "news", "id": "i", "parent": "parent", "provider": "provider"}],
    }
    for wrong in ("", TOPIC, f"{TOPIC} news", f"{TOPIC} news i more", f"{TOPIC} news i {STACK} {STACK}", "'"):
        with pytest.raises(UserError, match="expected TYPE NAME ID"):
            Existing.parse(wrong)


def test_what_is_imported_is_read_by_the_provider_that_is_meant() -> None:
    held = [{"urn": urn, "type": "pulumi:providers:aws", "id": "7"} for urn in PROVIDERS]
    new = Existing(TOPIC, "news", "id-new")

    assert choose_provider(new, {}) == ""
    assert choose_provider(new, {"resources": held[:1]}) == PROVIDERS[0]
    assert choose_provider(replace(new, provider=PROVIDERS[1]), {"resources": held}) == PROVIDERS[1]
    for deployment, asked, reason in (
        ({"resources": held}, new, "2 providers could read it"),
        ({"resources": [resource("a")]}, replace(new, id="id-a"), "in the state already"),
        ({"resources": held}, replace(new, parent=STACK), "no resource"),
    ):
        with pytest.raises(Refused, match=reason):
            choose_provider(asked, deployment)


STATED = Statement(kind=Kind.FORGET, target="web/dev", argument="a", effects=("forget a",), state="s", commit="c")


@pytest.mark.parametrize(
    "field", ["kind", "target", "argument", "effects", "state", "commit", "backend", "accounts", "run"]
)
def test_anything_else_than_what_was_approved_is_refused(field: str) -> None:
    other: dict[str, Any] = {"kind": Kind.REFRESH, "effects": ("forget a", "forget b")}
    now = STATED.model_copy(update={field: other.get(field, "x")})

    assert refuse_another(STATED, STATED.model_copy(update={"when": "later", "actor": "somebody"})) == ""
    assert refuse_another(STATED, now)


def test_a_statement_names_who_and_lets_nothing_format_it() -> None:
    statement = STATED.model_copy(update={"actor": "mona", "argument": "x\n## Approved", "after": "s2"})

    shown = statement.markdown()

    assert shown.startswith("## Done: forget of web/dev\n")
    assert "    actor: mona\n" in shown
    assert "\n## Approved" not in shown


def test_a_statement_of_an_operation_without_effect_says_so() -> None:
    assert STATED.model_copy(update={"effects": ()}).markdown().endswith("\n    no effect\n")


def test_each_operation_is_done_as_it_was_stated(checkout: Callable[..., Path], run_for: Callable[..., Run]) -> None:
    root = checkout("import pulumi_aws as aws\nfor n in ('a', 'b'): aws.sns.Topic(n, name=f'topic-{n}')")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    run, (target,) = run_for(root), discover(root)
    config = target.config_file(root).read_text()
    perform(run, [target], Operation.UPDATE, silent)
    held = {entry["urn"].rsplit("::")[-1]: entry for entry in export(run, target)["resources"]}

    def operate(kind: Kind, argument: str = "") -> Statement:
        assert run.sandbox
        stated = describe(run, kind, target, argument, run.sandbox.backend, NOW, silent)
        do(run, stated, target, run.sandbox.backend, silent)
        return stated

    def names() -> set[str]:
        return {entry["urn"].rsplit("::")[-1] for entry in export(run, target)["resources"]} & {"a", "b"}

    operate(Kind.FORGET, held["a"]["urn"])
    assert names() == {"b"}
    taken = operate(Kind.IMPORT, f"aws:sns/topic:Topic a {held['a']['id']}")
    assert taken.effects[0] == f"import {TOPIC} a of the stack, which exists as {held['a']['id']}"
    (again,) = (entry for entry in export(run, target)["resources"] if entry["urn"] == held["a"]["urn"])
    assert again["protect"], "until the program declares it"
    assert {step.op for step in perform(run, [target], Operation.UPDATE, silent)[target].steps} == {Op.SAME}
    with pytest.raises(UserError, match="already exists"):  # the engine's own words
        operate(Kind.IMPORT, "aws:sns/topic:Topic b arn:aws:sns:us-east-1:123456789012:another")
    assert operate(Kind.REFRESH).effects == ()

    assert run.sandbox
    file = state_file.locate(run.sandbox.backend, "web", "dev")
    state = json.loads(file.read_text())
    lost = {**held["a"], "urn": held["a"]["urn"] + "-lost", "id": ""}
    noted = [{"resource": one, "type": "creating"} for one in (held["b"], lost)]
    state["checkpoint"]["latest"]["pending_operations"] = noted
    file.write_text(json.dumps(state))
    since, maybe = operate(Kind.REFRESH).effects
    assert since.endswith(f"{held['b']['urn']} was interrupted: it has been made since")
    assert "a-lost was interrupted: check whether the cloud has it" in maybe
    assert not export(run, target).get("pending_operations")
    assert target.config_file(root).read_text() == config, "nothing is written into the checkout"
