"""The pack as a process: how it starts, what it says when it cannot, and that the folder alone is enough."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.rules import catalogue

PACK = Path(__file__).parents[2] / "policies"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The folder under another name, where nothing else of this repository can be imported."""
    return Path(shutil.copytree(PACK, tmp_path / "judge", ignore=shutil.ignore_patterns("__pycache__")))


def command(folder: Path) -> list[str]:
    return [sys.executable, "-P", str(folder / "__main__.py"), "127.0.0.1:1", "."]


@contextmanager
def started(folder: Path, stack: str = "prod") -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    process = subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "PULUMI_STACK": stack}
    )
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


def test_folder_alone_under_another_name_serves_every_rule(copied: Path) -> None:
    with started(copied) as pack:
        info = pack.GetAnalyzerInfo(empty_pb2.Empty())

    assert [policy.name for policy in info.policies] == [rule.name for rule in catalogue()]


def test_process_takes_the_environment_from_the_stacks_name(copied: Path) -> None:
    with started(copied, "dev") as pack:
        levels = {p.name: p.enforcementLevel for p in pack.GetAnalyzerInfo(empty_pb2.Empty()).policies}

    assert levels["scaling-target-keeps-two"] == analyzer_pb2.DISABLED


def test_pack_starts_without_what_a_judge_never_uses() -> None:
    script = """
import sys
from policies.deferred import UNUSED, defer_unused
defer_unused()
import policies.host, pulumi
print([name for name in UNUSED if "__getattr__" not in vars(sys.modules[name])], "dill" in sys.modules)
print(pulumi.automation.LocalWorkspace.__name__, pulumi.dynamic.Resource.__name__, "dill" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PACK.parent, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.splitlines() == ["[] False", "LocalWorkspace Resource True"]


def test_port_is_the_first_line_within_a_few_seconds() -> None:
    """The aim is one second on an idle machine (`tests/bench/policies.py` measures it); a loaded one gets ten."""
    begin = time.monotonic()
    with started(PACK):
        assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    ("table", "line", "why"),
    [
        ("levels.yaml", 10, "there is no level 'strict'"),
        ("exemptions.yaml", 1, "found text, expected a list"),
    ],
)
def test_pack_with_a_bad_table_does_not_start_and_names_the_line(copied: Path, table: str, line: int, why: str) -> None:
    levels = (copied / "levels.yaml").read_text().replace("autoscaling: {dev: mandatory", "autoscaling: {dev: strict")
    (copied / table).write_text(levels if table == "levels.yaml" else "exemptions: all of them\n")

    done = subprocess.run(command(copied), cwd=copied, capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert done.stdout == ""
    assert f"the policy pack cannot start: judge/{table}:{line}: {why}" in done.stderr


def test_describe_names_the_bad_table_too(copied: Path) -> None:
    (copied / "levels.yaml").write_text("categories: {}\n")

    done = subprocess.run(
        [sys.executable, "-m", "judge.describe"], cwd=copied.parent, capture_output=True, text=True, timeout=30
    )

    assert done.returncode == 1
    assert "judge/levels.yaml:1: categories without a row" in done.stderr
