"""From the engine's preview JSON to steps: operations, lines, diffs, and nothing secret or unknown in disguise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitops.engine.steps import at_path, clean, from_preview, path_keys
from gitops.records import SECRET, UNKNOWN, Op, PropertyDiff, SourceLine

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ROOT, FOLDER = Path("/checkout"), Path("/checkout/stacks/web")
URN = "urn:pulumi:dev::web::shared:Network$aws:ec2/vpc:Vpc::vpc"


def raw(op: str = "create", urn: str = URN, **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": urn, "newState": {"inputs": {}}, **more}


def steps(*raws: dict[str, Any]) -> Any:
    return from_preview(json.dumps({"steps": raws}), root=ROOT, folder=FOLDER)


def test_the_stack_and_its_providers_are_no_resources_of_a_report() -> None:
    found = steps(
        raw(urn="urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev"),
        raw(urn="urn:pulumi:dev::web::pulumi:providers:aws::default"),
        raw(),
    )

    assert [(step.type, step.name) for step in found] == [("aws:ec2/vpc:Vpc", "vpc")]


@pytest.mark.parametrize(
    ("engine", "counted"),
    [("create", Op.CREATE), ("same", Op.SAME), ("replace", Op.REPLACE), ("delete", Op.DELETE), ("import", Op.IMPORT)],
)
def test_operations(engine: str, counted: Op) -> None:
    assert steps(raw(engine))[0].op is counted


@pytest.mark.parametrize("half", ["create-replacement", "delete-replaced", "discard-replaced"])
def test_halves_of_a_replacement_are_not_counted_twice(half: str) -> None:
    assert [step.op for step in steps(raw("replace"), raw(half))] == [Op.REPLACE]


@pytest.mark.parametrize("created_first", [True, False])
def test_a_replacement_says_whether_the_old_one_goes_first(created_first: bool) -> None:
    (step,) = steps(raw("replace", oldState={"inputs": {}, "delete": created_first}))

    assert step.deletes_first is not created_first


def test_what_goes_says_what_becomes_of_it() -> None:
    (kept,) = steps(raw("delete", newState=None, oldState={"inputs": {}, "retainOnDelete": True}))
    (gone,) = steps(raw("delete", newState=None, oldState={"inputs": {}, "deletedWith": "urn:container"}))
    (same,) = steps(raw("same", oldState={"inputs": {}, "retainOnDelete": True}))

    assert (kept.retained, kept.deleted_with, kept.deletes_first) == (True, None, False)
    assert (gone.retained, gone.deleted_with) == (False, "urn:container")
    assert not same.retained


def test_the_line_is_the_stacks_own_although_a_component_made_the_resource() -> None:
    trace = ["../../.venv/lib/pulumi/resource.py#9", "../../shared/network.py#30", "__main__.py#12", "../../x.py#1"]
    frames = [{"sourcePosition": f"project:///{frame}"} for frame in trace]
    state = {"inputs": {}, "sourcePosition": frames[0]["sourcePosition"], "stackTrace": frames}

    (step,) = steps(raw(newState=state))
    assert step.source == SourceLine(file="stacks/web/__main__.py", line=12)
    assert step.component == SourceLine(file="shared/network.py", line=30)


def test_a_resource_of_the_stacks_own_has_no_component() -> None:
    frames = [{"sourcePosition": f"project:///{frame}"} for frame in ("front.py#4", "__main__.py#12")]

    (step,) = steps(raw(newState={"inputs": {}, "stackTrace": frames}))
    assert (step.source, step.component) == (SourceLine(file="stacks/web/front.py", line=4), None)


def test_a_line_outside_the_checkout_is_no_line() -> None:
    state = {"inputs": {}, "sourcePosition": "project:///../../../elsewhere/program.py#3"}

    (step,) = steps(raw(newState=state))
    assert (step.source, step.component) == (None, None)


def test_diffs_carry_both_values_and_what_forces_a_replacement() -> None:
    found = steps(
        raw(
            "replace",
            oldState={"inputs": {"cidr": "10.0.0.0/16", "tags": {"a.b": "1"}}},
            newState={"inputs": {"cidr": "10.1.0.0/16", "tags": {"a.b": "2"}}},
            detailedDiff={"cidr": {"kind": "update-replace"}, 'tags["a.b"]': {"kind": "update"}},
            replaceReasons=["cidr"],
        )
    )

    assert found[0].diffs == (
        PropertyDiff(path="cidr", kind="update", replaces=True, before="10.0.0.0/16", after="10.1.0.0/16"),
        PropertyDiff(path='tags["a.b"]', kind="update", before="1", after="2"),
    )


def test_a_delete_shows_what_was_there() -> None:
    found = steps({"op": "delete", "urn": URN, "oldState": {"inputs": {"cidr": "10.0.0.0/16"}}})

    assert found[0].inputs == {"cidr": "10.0.0.0/16"}


def test_unknowns_secrets_and_assets_are_words() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
    archive = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "aa", "path": "/x/y"}

    cleaned = clean(
        {"arn": UNKNOWN_STRING, "policy": f'{{"r":"{UNKNOWN_STRING}"}}', "pw": secret, "code": archive, "__defaults": 1}
    )

    assert cleaned == {"arn": UNKNOWN, "policy": f'{{"r":"{UNKNOWN}"}}', "pw": SECRET, "code": {"hash": "aa"}}


def test_dependencies_are_those_of_every_property() -> None:
    state = {"inputs": {}, "dependencies": ["urn:b"], "propertyDependencies": {"x": ["urn:a"], "y": ["urn:b"]}}

    assert steps(raw(newState=state))[0].depends_on == ("urn:a", "urn:b")


@pytest.mark.parametrize(
    ("path", "keys"),
    [("a", ["a"]), ("a.b[0].c", ["a", "b", 0, "c"]), ('a["b.c"][1]', ["a", "b.c", 1]), ('["x"]', ["x"])],
)
def test_property_paths(path: str, keys: list[str | int]) -> None:
    assert path_keys(path) == keys


def test_a_path_that_leads_nowhere_gives_nothing() -> None:
    assert at_path({"a": [1]}, "a[3]") is None
    assert at_path({"a": 1}, "a.b.c") is None
