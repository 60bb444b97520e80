"""The command as a stranger would use it: exit codes, and errors that say what to do next."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from gitops import cli
from gitops.cli import app, silence_commands
from tests.gitops.command_line import TOPIC, initialise, run_gitops

COMMANDS = ("doctor", "preview", "report", "deploy", "drift", "invoke", "unlock", "rehearse", "policies", "comment")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_has_help_and_a_sentence(name: str) -> None:
    shown = CliRunner().invoke(app, [*name.split(), "--help"])

    assert shown.exit_code == 0, shown.output
    assert all(command in shown.output for command in (COMMANDS if not name else ()))
    assert len(shown.output.splitlines()[3].strip()) > 10


def test_a_command_starts_without_what_only_some_need() -> None:
    """The SDK, gRPC and HTTP were two fifths of a start, and a job of a workflow starts the tool six times."""
    imported = "import sys, gitops.cli; print(*{'boto3', 'grpc', 'pulumi', 'urllib3'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", imported], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""


def test_an_environment_that_no_stack_has_yet_goes_its_whole_way_with_nothing_to_do(
    checkout: Callable[..., Path],
) -> None:
    root = initialise(checkout(TOPIC, dev=""))
    rows = "".join(f"  - {{name: {name}, levels: dev, approval: none}}\n" for name in ("dev", "qa"))
    (root / "environments.yaml").write_text(f"environments:\n{rows}")

    for command in (
        ("preview", "qa", "--rehearse", "--bind", "--out", "reviewed"),
        ("legs", "reviewed"),
        ("verify", "qa", "--rehearse"),
    ):
        done = run_gitops(root, *command)
        assert done.returncode == 0, done.stdout + done.stderr
        if command[0] == "legs":
            assert done.stdout.splitlines() == ['legs={"include": []}', "targets="]
    assert not (root / "reviewed/envelope.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("preview", "--rehearse", "wbe"), "Did you mean 'web'?"),
        (("preview", "--base", "nowhere"), "Name a commit that this clone has"),
        (("doctor", "--github", "nope"), "Write OWNER/NAME"),
        (("legs", "missing"), "missing: no such folder"),
        (("notice", "missing"), "missing: no such folder"),
        (("promote", "prod", "missing", "--proofs", "empty"), "missing: no such folder"),
        (("status", "--rehearse", "--kept", "stacks/web/Pulumi.yaml"), "is a file, expected a folder"),
        (("status", "--rehearse", "--drift", "missing"), "missing: no such folder"),
        (("invoke", "web", "dev", "missing.json"), "missing.json: no such file"),
        (("invoke", "web", "dev", "stacks"), "stacks: is a folder"),
        (("deploy", "dev", "--rehearse", "--reviewed", "empty"), "this folder contains no review"),
        (("preview", "--rehearse", "--jobs", "0"), "--jobs"),
        (("preview", "--rehearse", "--watch", "--json"), "--watch has none"),
        (("preview", "--rehearse", "--out", "stacks/web/Pulumi.yaml"), "is a file, expected a folder"),
        (("preview", "--rehearse", "--sandbox", "/dev/null/x"), "--sandbox: /dev/null is a file"),
        (("unlock", "", "dev", "--rehearse"), "'' and 'dev' do not name one target"),
        (("nonsense",), "nonsense"),
    ],
)
def test_what_cannot_be_run_is_named_and_exits_with_2(
    checkout: Callable[..., Path], arguments: tuple[str, ...], said: str
) -> None:
    root = initialise(checkout(TOPIC, dev="", prod=""))

    result = run_gitops(root, *arguments)

    assert result.returncode == 2, result.stdout + result.stderr
    assert said in result.stderr + result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["environments", "preview --rehearse"])
def test_environments_that_cannot_be_read_are_a_sentence_and_no_traceback(
    command: str, checkout: Callable[..., Path]
) -> None:
    root = checkout(TOPIC)
    (root / "environments.yaml").write_text("environments: [\n")

    result = run_gitops(root, *command.split())

    assert result.returncode == 2
    assert result.stderr.startswith("error: environments.yaml:2: invalid YAML")


@pytest.mark.parametrize("command", ["preview --rehearse", "policies", "policies explain scaling-target-keeps-two"])
def test_outside_a_checkout_it_says_so(tmp_path: Path, command: str) -> None:
    result = run_gitops(tmp_path, *command.split())

    assert result.returncode == 2
    assert "no stacks/" in result.stderr
    assert "Run the command inside the checkout." in result.stderr


def test_drift_says_what_was_never_deployed(checkout: Callable[..., Path]) -> None:
    root = initialise(checkout(TOPIC, dev=""))

    assert run_gitops(root, "drift", "--rehearse").stdout.startswith("Not deployed: web/dev\nFull report: ")


def test_a_failing_target_exits_with_2_and_does_not_hide_the_others(checkout: Callable[..., Path]) -> None:
    checkout(TOPIC, dev="")
    root = initialise(checkout("raise ValueError('no')", stack="broken", dev=""))

    result = run_gitops(root, "preview", "--rehearse", "--json")

    assert result.returncode == 2, result.stderr
    statuses = {record["stack"]: record["status"] for record in json.loads(result.stdout)}
    assert statuses == {"broken": "failed", "web": "succeeded"}


@pytest.mark.slow("two deployments, each a preview and an apply")
def test_deploying_twice_changes_nothing_the_second_time(checkout: Callable[..., Path]) -> None:
    root = initialise(checkout(TOPIC, dev=""))

    first = run_gitops(root, "deploy", "dev", "--rehearse", "--json")
    second = run_gitops(root, "deploy", "dev", "--rehearse", "--json")
    record = json.loads((root / "report/deploy/records/web.dev.json").read_text())

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert json.loads(first.stdout) == {"web/dev": {"deployed": True, "outputs": {"x": 1}, "reason": ""}}
    assert {step["op"] for step in record["steps"]} == {"same"}


@pytest.mark.slow("six commands, each on the state that the one before left")
def test_drift_finds_what_was_deleted_behind_the_states_back(checkout: Callable[..., Path]) -> None:
    root = initialise(checkout(TOPIC, dev=""))
    run_gitops(root, "deploy", "dev", "--rehearse")
    clean = run_gitops(root, "drift", "--rehearse")
    for path in (root / ".rehearsal/clouds").rglob("*.json"):
        path.unlink()

    drifted = run_gitops(root, "drift", "--rehearse")

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert clean.stdout.startswith("No drift: no change in 1 target")
    assert drifted.returncode == 1, drifted.stdout + drifted.stderr
    assert drifted.stdout.startswith("Drifted: 1 topic deleted in dev")
    assert "gone from the cloud" in (root / "report/drift/comment.md").read_text()
    assert "gitops deploy ENVIRONMENT --refresh" in drifted.stdout

    shown = run_gitops(root, "preview", "--rehearse", "--refresh")
    mended = run_gitops(root, "deploy", "dev", "--rehearse", "--refresh")

    assert shown.stdout.startswith("Ready: 1 create in 1 target"), shown.stderr
    assert mended.stdout.startswith("✓ web/dev  1 create"), mended.stdout
    assert run_gitops(root, "drift", "--rehearse").returncode == 0


def test_in_a_job_nothing_that_is_printed_is_a_command_to_the_runner(capsys: pytest.CaptureFixture[str]) -> None:
    words = []
    for _ in range(2):
        with silence_commands({"GITHUB_ACTIONS": "true"}):
            print("::set-output name=a::b", file=sys.stderr)
        first, told, last = capsys.readouterr().err.splitlines()
        words.append(first.removeprefix("::stop-commands::"))
        assert (told, last) == ("::set-output name=a::b", f"::{words[-1]}::")
    assert len({*words}) == 2
    assert len(words[0]) == 32

    with silence_commands({}):
        pass
    assert capsys.readouterr().err == ""


def list_commands(group: Any, path: str = "") -> Iterator[str]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from list_commands(command, f"{path} {name}".strip())


@pytest.mark.parametrize("name", [*list_commands(get_command(app))])
def test_help_shows_no_python_type_and_no_name_in_brackets(name: str) -> None:
    said = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "80"}).stdout

    assert "--help" in said
    assert not re.search(r"<(bool|str|path|int|float|list)\b", said)
    assert "[default: (" not in said


def test_a_command_that_is_interrupted_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        sys.exit(130)

    monkeypatch.setattr(cli, "app", interrupted)

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 130
    assert "interrupted; every run was ended" in capsys.readouterr().err
