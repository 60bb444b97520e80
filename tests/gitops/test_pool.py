"""Workers are forked with the SDKs imported, or started anew: the record is the same, and the list of modules grows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gitops.checkout.targets import discover
from gitops.engine import forks, modules
from gitops.engine.environment import ANALYZER, FORK_SERVER, for_fork_server
from gitops.engine.install import Engine
from gitops.engine.job import Job
from gitops.engine.pool import Pool, end, start_fork_server
from gitops.records import Operation, RunRecord, Status
from gitops.run import Run, Sandbox, perform

pytestmark = pytest.mark.skipif(not forks.is_possible(), reason="workers are started anew on this system")

PROGRAM = """
    import os
    import pulumi, pulumi_aws as aws
    queue = aws.sqs.Queue("orders")
    pulumi.export("parent", "gitops.engine.forkserver" in open(f"/proc/{os.getppid()}/cmdline").read())
    pulumi.export("token", os.environ.get("GITHUB_TOKEN", "none"))
"""


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """With a server of its own, not the one of the test run."""
    monkeypatch.delenv(FORK_SERVER, raising=False)
    pool = Pool(1, tmp_path / "learned")
    yield pool
    pool.stop()


@pytest.fixture
def preview(checkout: Callable[..., Path], engine: Engine, tmp_path: Path, pool: Pool) -> Callable[[], RunRecord]:
    def one() -> RunRecord:
        root = checkout(PROGRAM)
        run = Run(root, engine, pool, Sandbox(tmp_path / "sandbox"), judged=False, seconds=120)
        (record,) = perform(run, discover(root), Operation.PREVIEW, lambda record: None).values()
        assert record.error is None, record.error
        return record

    return one


def test_a_forked_worker_gives_the_record_of_one_that_was_started(
    preview: Callable[[], RunRecord], pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    forked = preview()
    learned = modules.read(tmp_path / "learned" / "modules" / "web.json")
    assert pool.server
    assert pool.server.process
    psutil.Process(pool.server.process.pid).kill()
    again = preview()
    monkeypatch.setattr("gitops.engine.pool.is_possible", lambda: False)
    started = preview()

    assert (forked.outputs, again.outputs) == ({"parent": True, "token": "none"}, {"parent": False, "token": "none"})
    assert again == started == forked.model_copy(update={"outputs": started.outputs})
    assert "pulumi_aws.sqs.queue" in learned
    assert {name.split(".")[0] for name in learned} == {"pulumi", "pulumi_aws", "pulumi_policy"}


def test_only_installed_sdks_are_imported_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pulumi_own.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert [modules.is_sdk(name) for name in ("pulumi", "pulumi_aws.sqs", "pulumi_own", "shared.aws", "json")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    modules.load(["pulumi_own", "pulumi_aws.no_longer_there"])
    assert "pulumi_own" not in sys.modules


def test_a_program_finds_what_it_would_have_found_after_modules_were_imported_by_name() -> None:
    program = (
        "from gitops.engine import modules, worker\n"
        "aws = 'pulumi_aws.'\n"
        "modules.load([aws + 'config', aws + 'config.vars', aws + 'lambda_', aws + 'lambda_.alias'])\n"
        "import pulumi_aws\n"
        "assert 'pulumi_aws.ec2' not in modules.list_imported()\n"
        "print(pulumi_aws.config.region, pulumi_aws.lambda_.Alias.__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "None Alias\n", done.stderr


def test_a_list_that_cannot_be_read_is_an_empty_one(tmp_path: Path) -> None:
    file = tmp_path / "lists" / "web.json"
    assert modules.read(file) == frozenset()
    modules.write(file, {"pulumi_aws.sqs", "pulumi"})
    assert modules.read(file) == {"pulumi", "pulumi_aws.sqs"}
    file.write_text("[")
    assert modules.read(file) == frozenset()


def test_a_stack_s_list_has_the_services_that_its_resources_are_of() -> None:
    """The worker of one stack also has what its parent imported for the others."""
    shared = {"pulumi", "pulumi.output", "pulumi_aws._inputs", "pulumi_aws.config.vars", "pulumi_aws.get_region"}
    own = {"pulumi_aws.lambda_.alias", "pulumi_awsx.ecs._inputs", "pulumi_azure_native.portal.dashboard"}
    others = {"pulumi_aws.ec2.vpc", "pulumi_azure_native.network.subnet", "pulumi_awsx.lb.listener"}
    types = {
        "pulumi:pulumi:Stack",
        "aws:lambda/alias:Alias",
        "awsx:ecs:FargateService",
        "azure-native:portal/v20221201preview:Dashboard",
    }

    assert modules.choose(shared | own | others, types) == shared | own
    assert modules.choose(shared | own, set()) == frozenset(), "a run that failed early has nothing to say"


def test_the_target_that_took_longest_the_last_time_begins_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def run_one(pool: Pool, job: Job, on_done: Callable[[RunRecord], None]) -> RunRecord:
        begun.append(job.target)
        pool.last_seconds[job.target] = {"short": 1.0, "long": 9.0}.get(job.stack, 3.0)
        return RunRecord(
            stack=job.stack, environment="dev", operation=job.operation, rehearsal=True, status=Status.SUCCEEDED
        )

    monkeypatch.setattr(Pool, "run_one", run_one)
    jobs = [
        Job(root="/", stack=stack, environment="dev", operation=Operation.PREVIEW, engine="", engine_version="")
        for stack in ("short", "middle", "long")
    ]

    first = Pool(1, tmp_path / "learned").run(jobs)
    records = Pool(1, tmp_path / "learned").run(jobs)

    assert begun == ["short/dev", "middle/dev", "long/dev", "long/dev", "middle/dev", "short/dev"]
    assert [record.stack for record in (*first, *records)] == ["short", "middle", "long"] * 2


def test_the_server_of_whoever_started_this_process_is_used_if_it_runs_this_code(
    server: forks.ForkServer, tmp_path: Path
) -> None:
    other = tmp_path / "of-another-checkout"
    other.touch()

    assert forks.ForkServer.around({FORK_SERVER: str(server.address)})
    assert forks.ForkServer.around({FORK_SERVER: str(other)}) is None
    assert forks.ForkServer.around({FORK_SERVER: str(tmp_path / server.address.name)}) is None
    assert forks.ForkServer.around({}) is None


def test_a_temporary_folder_with_a_long_name_costs_time_and_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))

    assert start_fork_server() is None


def test_the_fork_server_begins_without_credentials() -> None:
    variables = for_fork_server({**os.environ, "AWS_SESSION_TOKEN": "x", "GITHUB_TOKEN": "x", "LANG": "C"})

    assert {"AWS_SESSION_TOKEN", "GITHUB_TOKEN"}.isdisjoint(variables)
    assert variables["LANG"] == "C"


PACK = """
import os, sys
print(os.getpid(), "gitops.engine.forkserver" in open(f"/proc/{os.getppid()}/cmdline").read(), sys.argv, flush=True)
import shapes
"""


def analyzer(pack: Path, server: str) -> subprocess.Popen[str]:
    """The analyzer as an engine starts it, with a pack of its own."""
    return subprocess.Popen(
        [sys.executable, str(ANALYZER / "pulumi-analyzer-policy-python"), "127.0.0.1:1", "."],
        cwd=pack,
        env={**os.environ, FORK_SERVER: server},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def server() -> Iterator[forks.ForkServer]:
    server = forks.ForkServer.start()
    yield server
    server.close()


def test_a_pack_is_forked_and_ends_with_the_process_that_its_engine_started(
    server: forks.ForkServer, tmp_path: Path
) -> None:
    (tmp_path / "__main__.py").write_text(PACK)
    (tmp_path / "shapes.py").write_text("import threading\nthreading.Event().wait()\n")

    with analyzer(tmp_path, str(server.address)) as started:
        assert started.stdout
        pid, forked, arguments = started.stdout.readline().split(" ", 2)
        pack = psutil.Process(int(pid))
        started.kill()
        pack.wait(timeout=20)
    assert forked == "True"
    assert arguments == f"{[str(tmp_path / '__main__.py'), '127.0.0.1:1', str(tmp_path)]}\n"


@pytest.mark.parametrize("listens", [True, False])
def test_a_pack_that_does_not_start_says_why(server: forks.ForkServer, tmp_path: Path, listens: bool) -> None:
    (tmp_path / "__main__.py").write_text(PACK)
    (tmp_path / "shapes.py").write_text("import sys\nsys.exit('no shapes here')\n")

    with analyzer(tmp_path, str(server.address) if listens else str(tmp_path / "nobody")) as started:
        out, said = started.communicate(timeout=60)

    assert (started.returncode, said, out.split()[1]) == (1, "no shapes here\n", str(listens))


DEAF_ONCE = """
import signal, sys
interrupts = []
signal.signal(signal.SIGINT, lambda *_: sys.exit(7) if interrupts else interrupts.append(1))
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_a_process_that_answers_no_first_interrupt_is_interrupted_again_before_it_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gitops.engine.pool.INSIST_SECONDS", 0.1)
    command = [sys.executable, "-c", DEAF_ONCE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline()

        end([process])

    assert process.returncode == 7


def test_a_fork_server_serves_a_copy_of_its_code_and_no_edited_one(tmp_path: Path) -> None:
    for name, text in (("own", "x = 1"), ("copy", "x = 1"), ("edited", "x = 2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(text)

    own, copy, edited = (forks.name_code(tmp_path / name) for name in ("own", "copy", "edited"))

    assert own == copy != edited
