"""An operation is stated before it is approved, and done only as it was stated."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.targets import discover
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
from gitops.errors import Refused
from gitops.records import Operation, RunRecord
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


STATED = Statement(kind=Kind.FORGET, target="web/dev", argument="a", effects=("forget a",), state="s", commit="c")


@pytest.mark.parametrize("field", ["kind", "target", "argument", "effects", "state", "commit"])
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
    assert operate(Kind.REFRESH).effects == ()
    assert target.config_file(root).read_text() == config, "nothing is written into the checkout"
