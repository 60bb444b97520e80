from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.awsx.servicer import AwsxProvider
from rehearsal.serve import start
from tests.rehearsal.awsx.harness import Bench
from tests.rehearsal.awsx.recorder import Recorder


@pytest.fixture
def aws() -> Recorder:
    return Recorder("aws", "pulumi_aws")


@pytest.fixture
def docker_build() -> Recorder:
    return Recorder("docker-build", "pulumi_docker_build")


@pytest.fixture
def docker() -> Recorder:
    return Recorder("docker", "pulumi_docker")


@pytest.fixture
def bench(tmp_path: Path, aws: Recorder, docker: Recorder, docker_build: Recorder) -> Iterator[Bench]:
    """The awsx stand-in beside providers that only record what they are asked."""
    servicers = {"aws": aws, "docker": docker, "docker-build": docker_build, "awsx": AwsxProvider()}
    servers, addresses = start(servicers)
    yield Bench(tmp_path, addresses)
    for server in servers:
        server.stop(grace=None).wait()
