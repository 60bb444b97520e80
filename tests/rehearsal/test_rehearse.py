"""`gitops rehearse`: any project folder, read only, with clear errors and reports that repeat byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import dynamic
from gitops.engine.project import load
from gitops.engine.references import own_name
from gitops.errors import UserError
from gitops.records import Op, RunRecord, SourceLine, Status, Step
from gitops.rehearse import rehearse
from tests.worlds import pool

Make = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    def make(program: str = "", settings: str = "", **stacks: str) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n" + settings)
        (folder / "__main__.py").write_text("import pulumi, pulumi_aws as aws\n" + program)
        for stack, config in stacks.items():
            (folder / f"Pulumi.{stack}.yaml").write_text(config)
        return folder

    return make


def run(folder: Path, *overrides: str, up: bool = True, stack: str | None = None, **options: Any) -> RunRecord:
    return rehearse(folder, up=up, overrides=overrides, stack=stack, pool=pool(), **{"seconds": 120, **options})


def steps_by_name(record: RunRecord) -> dict[str, Step]:
    return {step.name: step for step in record.steps}


def said(record: RunRecord) -> tuple[str, SourceLine | None]:
    """The message and the line of a record's error."""
    assert record.status is Status.FAILED
    assert record.error
    return record.error.message, record.error.source


def test_the_record_has_every_resource_with_its_parent_line_and_inputs(project: Make) -> None:
    folder = project(
        "class Part(pulumi.ComponentResource):\n"
        "    def __init__(self):\n"
        "        super().__init__('shop:part:Part', 'part')\n"
        "        topic = aws.sns.Topic('t', opts=pulumi.ResourceOptions(parent=self))\n"
        "        aws.sqs.Queue('q', tags={'topic': topic.arn}, opts=pulumi.ResourceOptions(parent=self))\n"
        "Part()\n"
        "aws.ssm.Parameter('p', type='SecureString', value=pulumi.Output.secret('hunter2'))\n"
    )
    record = run(folder, up=False)
    steps = steps_by_name(record)
    queue = steps["q"]
    assert (queue.op, queue.type, queue.parent) == (Op.CREATE, "aws:sqs/queue:Queue", steps["part"].urn)
    assert queue.inputs["tags"] == {"topic": "[known after apply]"}
    assert queue.source == SourceLine(file="__main__.py", line=6)
    assert steps["p"].inputs["value"] == "[secret]"
    assert "hunter2" not in record.model_dump_json()


def test_two_rehearsals_are_the_same_bytes_and_leave_the_folder_alone(project: Make) -> None:
    folder = project("import part\npulumi.export('q', aws.sqs.Queue('q').url)\n", dev="config: {}\n")
    (folder / "part.py").write_text("NAME = 1\n")
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*"))}
    assert run(folder).model_dump_json() == run(folder).model_dump_json()
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*"))} == before


def test_a_dynamic_provider_of_the_program_s_own_is_served(project: Make, tmp_path: Path) -> None:
    folder = project("from note import Note\npulumi.export('text', Note('n', aws.sqs.Queue('q').name).text)\n")
    (folder / "note.py").write_text(
        "from pulumi.dynamic import CreateResult, Resource, ResourceProvider\n"
        "class Provider(ResourceProvider):\n"
        "    def create(self, props):\n"
        "        return CreateResult('note-1', {'text': props['text'].upper()})\n"
        "class Note(Resource):\n"
        "    def __init__(self, name, text):\n"
        "        super().__init__(Provider(), name, {'text': text})\n"
    )
    state = tmp_path / "kept"
    first, second = run(folder, state=state), run(folder, state=state)
    assert first.outputs["text"].startswith("Q-"), first
    assert {step.op for step in second.steps} == {Op.SAME}


@pytest.mark.parametrize(
    ("line", "spoken_of"),
    [
        ("from pulumi.dynamic import Resource", True),
        ("import pulumi.dynamic as dynamic", True),
        ("from pulumi import Input, dynamic", True),
        ("class R(pulumi.dynamic.Resource): ...", True),
        ("# dynamic providers are not used here", False),
    ],
)
def test_only_a_program_that_speaks_of_dynamic_providers_gets_one(tmp_path: Path, line: str, spoken_of: bool) -> None:
    (tmp_path / "venv" / "lib").mkdir(parents=True)
    (tmp_path / "venv" / "lib" / "other.py").write_text("import pulumi.dynamic\n")
    (tmp_path / "part.py").write_text(f"x = 1\n{line}\n")
    assert dynamic.uses_dynamic(tmp_path) is spoken_of


def test_another_organization_s_stack_is_the_one_rehearsed_before(project: Make, tmp_path: Path) -> None:
    network, state = tmp_path / "network", tmp_path / "kept"
    network.mkdir()
    (network / "Pulumi.yaml").write_text("name: network\nruntime: python\n")
    (network / "__main__.py").write_text("import pulumi\npulumi.export('vpc', 'vpc-1')\n")
    assert run(network, state=state).error is None
    reading = project("pulumi.export('read', pulumi.StackReference('acme/network/dev').require_output('vpc'))\n")
    assert run(reading, state=state).outputs == {"read": "vpc-1"}
    assert 'unknown stack "organization/network/dev"' in said(run(reading))[0]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("acme/network/dev", "organization/network/dev"),
        ("acme/dev", "organization/shop/dev"),
        ("dev", "organization/shop/dev"),
    ],
)
def test_a_stack_is_named_in_the_one_organization_there_is(name: str, own: str) -> None:
    assert own_name(name, "shop") == own


def test_config_comes_from_project_stack_and_command_line_in_this_order(project: Make) -> None:
    program = (
        "config = pulumi.Config()\n"
        "for key in ('a', 'b', 'c'):\n"
        "    pulumi.export(key, config.get(key))\n"
        "pulumi.export('size', config.require_int('size'))\n"
        "pulumi.export('region', aws.get_region().region)\n"
    )
    settings = "config:\n  a: {default: project}\n  b: {default: project}\n  size: {type: integer, default: 3}\n"
    folder = project(program, settings, prod="config:\n  shop:b: stack\n  shop:c: stack\n  aws:region: eu-west-1\n")
    assert run(folder, "c=line").outputs == {
        "a": "project",
        "b": "stack",
        "c": "line",
        "region": "eu-west-1",
        "size": 3,
    }


def test_the_callers_region_is_the_place(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    program = "pulumi.export('r', [aws.config.region, aws.sqs.Queue('q').arn])\n"
    region, arn = run(project(program)).outputs["r"]
    assert (region, arn.split(":")[3]) == ("eu-north-1", "eu-north-1")


def test_encrypted_values_need_no_key(project: Make) -> None:
    stack = "secretsprovider: awskms://alias/none\nencryptedkey: abc\nconfig:\n  shop:token:\n    secure: v1:abcdef\n"
    folder = project("pulumi.export('token', pulumi.Config().require('token'))\n", dev=stack)
    assert run(folder).outputs == {"token": "rehearsal-placeholder"}


@pytest.mark.parametrize(
    ("program", "settings"),
    [("pulumi.Config().require('size')\n", ""), ("", "config:\n  size: {type: integer}\n")],
    ids=["asked by the program", "declared by the project"],
)
def test_a_missing_value_is_named_with_the_way_to_give_it(project: Make, program: str, settings: str) -> None:
    with pytest.raises(UserError, match=r"shop:size.*missing") as caught:
        run(project(program, settings))
    assert caught.value.hint == "Pass it: --config shop:size=VALUE"


def test_a_program_that_raises_is_reported_with_its_own_line(project: Make) -> None:
    record = run(project("aws.sqs.Queue('q')\nraise KeyError('shelf')\n"))
    assert said(record) == ("KeyError: 'shelf'", SourceLine(file="__main__.py", line=3))


@pytest.mark.parametrize(
    ("module", "hint"),
    [
        ("pulumi_kubernetes", "no rehearsal cloud for 'kubernetes'; there is one for aws, awsx, azure-native, docker,"),
        ("not_installed.part", f"Install 'not_installed' into the environment that gitops runs in: {sys.prefix}"),
    ],
)
def test_a_module_that_is_not_here_comes_with_what_to_do(project: Make, module: str, hint: str) -> None:
    record = run(project(f"import {module}\n"), up=False)
    name = module.split(".")[0]
    assert said(record) == (f"ModuleNotFoundError: No module named '{name}'", SourceLine(file="__main__.py", line=2))
    assert record.error
    assert hint in record.error.hint


def test_a_program_that_raises_after_its_last_line_is_reported_with_its_own_line(project: Make) -> None:
    program = "queue = aws.sqs.Queue('q')\naws.sqs.Queue('r', name=queue.arn.apply(lambda arn: {}['owner']))\n"
    assert said(run(project(program))) == ("KeyError: 'owner'", SourceLine(file="__main__.py", line=3))


def test_a_refusal_of_the_clouds_names_the_resource_and_path(project: Make) -> None:
    program = "aws.ec2.SecurityGroup('web', ingress=[{'from_port': 'x', 'to_port': 1, 'protocol': 'tcp'}])\n"
    message, _ = said(run(project(program)))
    assert "'web'" in message
    assert 'ingress[0].fromPort: found "x", expected an integer' in message


def test_a_kept_state_shows_changes_the_next_time(project: Make, tmp_path: Path) -> None:
    folder = project("aws.sqs.Queue('q', delay_seconds=int(pulumi.Config().get('delay') or 0))\n")
    run(folder, state=tmp_path / "kept")
    changed = run(folder, "delay=9", up=False, state=tmp_path / "kept")
    assert steps_by_name(changed)["q"].op is Op.UPDATE


def test_main_may_be_a_folder(project: Make) -> None:
    folder = project("", "main: source/\n")
    (folder / "source").mkdir()
    (folder / "source" / "helper.py").write_text("VALUE = 7\n")
    program = "import os, pulumi, helper\npulumi.export('v', helper.VALUE)\n"
    program += "pulumi.export('root', os.path.relpath(pulumi.get_root_directory(), os.getcwd()))\n"
    (folder / "source" / "__main__.py").write_text(program)
    assert run(folder).outputs == {"root": "..", "v": 7}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("name: x\nruntime: nodejs\n", "runtime is 'nodejs'"),
        ("runtime: python\n", "has no name"),
        ("name: [\n", "no valid YAML"),
        ("name: x\nruntime: python\nmain: nowhere/\n", "does not exist"),
    ],
)
def test_a_project_that_cannot_run_is_refused(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(settings)
    (tmp_path / "__main__.py").write_text("")
    with pytest.raises(UserError, match=message):
        load(tmp_path, None, ())


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no Pulumi\.yaml"):
        load(tmp_path, None, ())
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (tmp_path / "__main__.py").touch()
    with pytest.raises(UserError, match="found no '='"):
        load(tmp_path, None, ("key",))


def test_the_command_prints_json_and_ends_with_its_code(project: Make) -> None:
    folder = project("pulumi.export('n', 1)\n")
    command = [sys.executable, "-m", "gitops", "rehearse", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["outputs"]) == (0, {"n": 1})
    (folder / "__main__.py").write_text("raise ValueError('no')\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert subprocess.run([*command[:-2], "/nowhere"], capture_output=True, check=False).returncode == 2
