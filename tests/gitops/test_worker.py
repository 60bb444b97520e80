"""One engine run at a time, with the real engine: what goes wrong is named, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gitops.engine.environment import FORK_SERVER
from gitops.records import Op, Operation, RunRecord, SourceLine, Status

Checkout = Callable[..., Path]
Runner = Callable[..., RunRecord]

BUCKET = """
    import pulumi
    import pulumi_aws as aws
    config = pulumi.Config()
    topic = aws.sns.Topic("news", display_name=config.get("title") or "News")
    pulumi.export("arn", topic.arn)
    pulumi.export("scaling", {"min": config.get_int("min") or 2})
"""


def test_apply_change_and_destroy(checkout: Checkout, run: Runner, tmp_path: Path) -> None:
    root = checkout(BUCKET)

    shown = run(root)
    applied = run(root, Operation.UPDATE)
    (state,) = (tmp_path / "sandbox/state/.pulumi/stacks/web").glob("dev.json")
    made = json.loads(state.read_text(encoding="utf-8"))["checkpoint"]["latest"]["resources"]
    again = run(root)
    checkout(BUCKET, dev="web:title: Other\nweb:min: 3")
    changed = run(root)
    gone = run(root, Operation.DESTROY)

    assert [step.op for step in shown.steps] == [Op.CREATE]
    assert shown.outputs["arn"] == "[known after apply]"
    assert applied.outputs["arn"].startswith("arn:aws:sns:us-east-1:")
    (trace,) = (resource["stackTrace"] for resource in made if resource["type"] == "aws:sns/topic:Topic")
    assert len(trace) == 1, "the program's own line, none of the SDK's"
    assert [step.op for step in again.steps] == [Op.SAME]
    assert [(s.op, [d.path for d in s.diffs]) for s in changed.steps] == [(Op.UPDATE, ["displayName"])]
    assert (changed.scaling_before, changed.scaling_after) == ({"min": 2}, {"min": 3})
    assert [step.op for step in gone.steps] == [Op.DELETE]


GOING = """
    import pulumi, pulumi_aws as aws
    before = pulumi.Config().require_bool("before")
    size = "ml.m5.large" if before else "ml.m5.xlarge"

    def configure(resource_name, name=None, **options):
        instances = {"initial_instance_count": 1, "instance_type": size}
        variants = [{"variant_name": "all", "model_name": "m", **instances}]
        options = pulumi.ResourceOptions(**options)
        aws.sagemaker.EndpointConfiguration(resource_name, name=name, production_variants=variants, opts=options)

    configure("plain")
    configure("named", name="served")
    configure("asked", delete_before_replace=True)
    configure("kept", retain_on_delete=True)
    if before:
        bucket = aws.s3.Bucket("bucket")
        item = {"bucket": bucket.id, "content": "text"}
        aws.s3.BucketObject("within", key="a", **item, opts=pulumi.ResourceOptions(deleted_with=bucket))
        aws.s3.BucketObject("stays", key="b", **item, opts=pulumi.ResourceOptions(retain_on_delete=True))
"""


def test_preview_and_update_say_what_becomes_of_what_goes(checkout: Checkout, run: Runner) -> None:
    run(checkout(GOING, dev="web:before: true"), Operation.UPDATE)
    root = checkout(GOING, dev="web:before: false")

    shown, applied = run(root), run(root, Operation.UPDATE)

    for record in (shown, applied):
        steps = {step.name: step for step in record.steps}
        replaced = {name: step.deletes_first for name, step in steps.items() if step.op is Op.REPLACE}
        assert replaced == {"plain": False, "named": True, "asked": True, "kept": False}
        assert {name for name, step in steps.items() if step.retained} == {"kept", "stays"}
    assert [step.name for step in shown.steps if step.deleted_with] == ["within"]


def test_a_resource_points_at_the_line_that_declares_it(checkout: Checkout, run: Runner) -> None:
    record = run(checkout(BUCKET))

    assert record.steps[0].source == SourceLine(file="stacks/web/__main__.py", line=5)


def test_nothing_is_written_into_the_checkout(checkout: Checkout, run: Runner) -> None:
    root = checkout(BUCKET, dev="web:title: News")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    run(root, Operation.UPDATE)

    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert after == before


def test_two_runs_of_one_input_give_the_same_bytes(checkout: Checkout, run: Runner) -> None:
    root = checkout(BUCKET)

    assert run(root).model_dump_json() == run(root).model_dump_json()


def test_an_encrypted_value_needs_no_key_and_stays_secret(checkout: Checkout, run: Runner) -> None:
    program = """
        import pulumi, pulumi_aws as aws
        aws.ssm.Parameter("key", type="SecureString", value=pulumi.Config().require_secret("token"))
    """
    root = checkout(program, dev="web:token:\n  secure: v1:abc:def")

    record = run(root)

    assert record.status is Status.SUCCEEDED, record.error
    assert record.steps[0].inputs["value"] == "[secret]"


def test_a_program_that_raises_is_shown_by_its_own_line(checkout: Checkout, run: Runner) -> None:
    program = """
        def size(text):
            return int(text)
        size("many")
    """

    record = run(checkout(program))

    assert record.status is Status.FAILED
    assert record.error
    assert record.error.kind == "program"
    assert record.error.message == "ValueError: invalid literal for int() with base 10: 'many'"
    assert record.error.source == SourceLine(file="stacks/web/__main__.py", line=3)


def test_what_a_program_raises_inside_an_apply_is_shown_by_its_own_line(checkout: Checkout, run: Runner) -> None:
    program = """
        import pulumi, pulumi_aws as aws
        aws.sqs.Queue("q", name=pulumi.Output.from_input("q").apply(lambda name: {}[name]))
    """

    record = run(checkout(program))

    assert record.error
    assert (record.error.kind, record.error.message) == ("program", "KeyError: 'q'")
    assert record.error.source == SourceLine(file="stacks/web/__main__.py", line=3)


def test_a_syntax_error_is_shown_by_its_line(checkout: Checkout, run: Runner) -> None:
    record = run(checkout("x = 1\nif x\n"))

    assert record.error
    assert record.error.source == SourceLine(file="stacks/web/__main__.py", line=2)


def test_a_provider_that_refuses_names_the_resource_the_property_and_the_line(checkout: Checkout, run: Runner) -> None:
    program = """
        import pulumi_aws as aws
        aws.cloudwatch.LogGroup("logs", retention_in_days="seven")
    """

    record = run(checkout(program))

    assert record.error
    assert record.error.kind == "provider"
    assert "aws:cloudwatch/logGroup:LogGroup 'logs'" in record.error.message
    assert "retentionInDays" in record.error.message
    assert record.error.source == SourceLine(file="stacks/web/__main__.py", line=3)


def test_a_program_that_hangs_is_ended_and_says_so(checkout: Checkout, run: Runner) -> None:
    began = time.monotonic()

    record = run(checkout("import time\ntime.sleep(600)\n"), seconds=6)

    assert record.error
    assert record.error.kind == "timeout"
    assert record.error.message == "no end after 6 s; still waiting for: the end of __main__.py itself"
    assert time.monotonic() - began < 40


SLEEPY = """
    import pathlib, time
    import pulumi, pulumi_aws as aws
    aws.sns.Topic("news")
    if not pulumi.runtime.is_dry_run() and not pathlib.Path("awake").exists():
        pathlib.Path("began").touch()
        time.sleep(600)
"""


@pytest.fixture
def deploying(
    checkout: Checkout, engine: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """`gitops deploy dev --rehearse` on a stack that sleeps while it is applied, and its checkout."""
    monkeypatch.delenv(FORK_SERVER, raising=False)  # what the command starts is to be its own family
    root = checkout(SLEEPY)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    process = deploy(root)
    # in a fresh clone the SDKs are compiled first, maybe beside a build of test tools on the same two cores
    wait_for((root / "stacks/web/began").exists, seconds=200)
    yield root, process
    process.kill()
    process.wait()


def deploy(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gitops", "deploy", "dev", "--rehearse"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    """A suite that a script started with `&` ignores Ctrl-C, as would all its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_and_no_lock_outlive_the_command_however_it_ends(
    deploying: tuple[Path, subprocess.Popen[bytes]], number: signal.Signals
) -> None:
    root, command = deploying
    children = family(command.pid)
    assert engines_below(command.pid)
    assert locks(root)

    os.kill(command.pid, number)
    assert command.wait(timeout=60) != 0

    wait_for(lambda: not [child for child in children if alive(child)], seconds=60)
    assert locks(root) == []
    (root / "stacks/web/awake").touch()
    assert deploy(root).wait(timeout=200) == 0


def locks(root: Path) -> list[Path]:
    # beside each lock lies a file of its attributes, which locks nothing
    return list(root.glob(".rehearsal/**/locks/**/*.json"))


def engines_below(pid: int) -> list[psutil.Process]:
    return [child for child in family(pid) if "up" in child.cmdline() and child.name() == "pulumi"]


def family(pid: int) -> list[psutil.Process]:
    """Every living descendant, found by parent ids: process groups and sessions do not matter."""
    return psutil.Process(pid).children(recursive=True)


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: Callable[[], object], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it did not happen in time")
        time.sleep(0.2)
