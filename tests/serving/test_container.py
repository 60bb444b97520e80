"""The image, as far as it can be shown without a container engine.

hadolint judges the Dockerfile; its COPYs are done into a folder and its ENTRYPOINT, CMD and HEALTHCHECK are run there
without privileges in a read-only tree, by a client that does what SageMaker's documentation says SageMaker does
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html). What cannot be shown here: the
base image, and that pip installs the lock into it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from serving import environments
from serving.emulators.process import free_port
from tests.serving import dockerfile, running
from tests.serving.conftest import Artefacts, Reference
from tests.serving.running import Server

DOCKERFILE = environments.ROOT / "serving/Dockerfile"
STAGES = dockerfile.read(DOCKERFILE)
IMAGE = STAGES[-1]


@dataclass(frozen=True)
class Container:
    root: Path
    environment: dict[str, str]
    server: Server


@pytest.fixture(scope="module")
def container(app_python: Path, artefacts: Artefacts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The image's files in a folder with the model from SageMaker's archive, `serve` running without privileges."""
    root = Path(tempfile.mkdtemp())
    try:
        dockerfile.copy_into(root, environments.ROOT, [i for i in IMAGE if "artefacts" not in i.arguments])
        model = root / "opt/ml/model"
        model.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-xzf", str(artefacts.folder / "sagemaker-model.tar.gz"), "-C", str(model)], check=True)
        subprocess.run(["chmod", "-R", "a+rX,a-w", str(root)], check=True)
        port = free_port()
        variables = {
            **dockerfile.environment(IMAGE),
            "PATH": f"{app_python.parent}:{os.environ['PATH']}",
            "SAGEMAKER_BIND_TO_PORT": str(port),
            "MODEL_DIR": str(model),
            "WORKERS": "1",
            "DRAIN_ANNOUNCE_SECONDS": "0",
        }
        command = [*dockerfile.command(IMAGE, "ENTRYPOINT"), *dockerfile.command(IMAGE, "CMD")]
        log = tmp_path_factory.mktemp("container") / "log"
        with running.server(_without_privileges(command), variables, port, log, "/ping", cwd=root / "app") as server:
            yield Container(root, variables, server)
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
        shutil.rmtree(root)


def _without_privileges(command: list[str]) -> list[str]:
    """No capability, no way to get one: what an unprivileged user may do. (Becoming the image's user itself could
    put this checkout's interpreter out of reach, when it lies in a home folder.)
    """
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", *command]


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.azureml"])
def test_hadolint_finds_nothing(name: str) -> None:
    python = environments.ensure(environments.LINT)
    file = environments.ROOT / "serving" / name
    done = subprocess.run([python.with_name("hadolint"), file], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_base_image_is_pinned_by_digest() -> None:
    azure = dockerfile.read(environments.ROOT / "serving/Dockerfile.azureml")
    bases = [dockerfile.values(stage, "FROM")[0].split()[0] for stage in (*STAGES, *azure)]
    assert all(re.fullmatch(r"python:3\.13-slim-trixie@sha256:[0-9a-f]{64}", base) for base in bases)
    assert len(set(bases)) == 1


def test_packages_are_installed_by_hash_only() -> None:
    stages = (*STAGES, *dockerfile.read(environments.ROOT / "serving/Dockerfile.azureml"))
    installs = [run for stage in stages for run in dockerfile.values(stage, "RUN") if "install" in run]
    assert len(installs) == 2
    assert all("--require-hashes" in installation and "--no-deps" in installation for installation in installs)


def test_the_image_user_is_a_number_and_not_root() -> None:
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", dockerfile.values(IMAGE, "USER")[0])


def test_the_build_context_holds_what_is_copied_and_no_more() -> None:
    allowed = {
        line[1:] for line in (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"
    }
    copied = {
        source
        for stage in STAGES
        for arguments in dockerfile.values(stage, "COPY")
        if not arguments.startswith("--from")
        for source in arguments.split()[:-1]
    }
    assert allowed == copied


def test_it_runs_without_privileges_and_leaves_its_files_alone(container: Container) -> None:
    status = Path(f"/proc/{container.server.process.pid}/status").read_text()
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert not list(container.root.rglob("*.pyc"))


def test_sagemaker_ping_is_200_and_empty_within_two_seconds(container: Container) -> None:
    started = time.perf_counter()
    answer = container.server.send("GET", "/ping")
    assert (answer.status, answer.body) == (200, b"")
    assert time.perf_counter() - started < 2


def test_sagemaker_connects_within_250_milliseconds(container: Container) -> None:
    with socket.create_connection(("127.0.0.1", container.server.port), timeout=0.25):
        pass


def test_sagemaker_invocations_keep_the_content_type_and_answer(container: Container, reference: Reference) -> None:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-Amzn-SageMaker-Custom-Attributes": "trace-1",
    }
    answer = container.server.send(
        "POST", "/invocations", json.dumps({"instances": reference.instances}).encode(), headers
    )
    assert answer.headers["content-type"] == "application/json"
    reference.check(*answer.document["predictions"])


def test_the_health_check_passes_on_a_live_server_and_fails_on_none(container: Container) -> None:
    check = dockerfile.command(IMAGE, "HEALTHCHECK")

    def run(port: str) -> int:
        environment = {**container.environment, "SAGEMAKER_BIND_TO_PORT": port}
        return subprocess.run(check, env=environment, cwd=container.root / "app", capture_output=True).returncode

    assert run(container.environment["SAGEMAKER_BIND_TO_PORT"]) == 0
    assert run(str(free_port())) == 1
