"""The server: ready in one line, gone with its parent, the same for many runs at once and for every rehearsal."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from gitops.engine.clouds import Clouds, running
from gitops.errors import UserError
from gitops.records import RunRecord
from gitops.rehearse import rehearse
from rehearsal.inventory import Inventory
from rehearsal.judge import serve as judge
from rehearsal.values import from_struct, to_struct
from tests.rehearsal.stack import CloudsInFolder

PACKAGES = {"aws", "awsx", "azure-native", "docker", "docker-build", "random", "tls"}
QUEUE = "aws:sqs/queue:Queue"


def serve(directory: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rehearsal", "serve", "--clouds", str(directory), "--json"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **environment})


def ports(line: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in json.loads(line)["debug_providers"].split(","))


def open_provider(clouds: Clouds, package: str, **config: str) -> ResourceProviderStub:
    """A provider as one engine run opens it: a connection of its own, configured."""
    port = dict(entry.split(":") for entry in clouds.debug_providers.split(","))[package]
    options = [("grpc.use_local_subchannel_pool", 1)]
    stub = ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}", options=options))
    stub.Configure(pb.ConfigureRequest(args=to_struct(config)))
    return stub


@pytest.mark.parametrize("end", ["stdin", "SIGTERM"])
def test_it_says_its_ports_once_and_ends_when_told(tmp_path: Path, end: str) -> None:
    server = serve(tmp_path)
    assert server.stdin
    assert server.stdout
    assert set(ports(server.stdout.readline())) == PACKAGES
    if end == "stdin":
        server.stdin.close()
    else:
        server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) == 0
    assert server.stdout.read() == ""


def test_the_region_may_come_from_the_environment(tmp_path: Path) -> None:
    server = serve(tmp_path, AWS_REGION="eu-central-1")
    assert server.stdout
    channel = grpc.insecure_channel(f"127.0.0.1:{ports(server.stdout.readline())['aws']}")
    asked = ResourceProviderStub(channel).Invoke(pb.InvokeRequest(tok="aws:index/getRegion:getRegion"))
    assert from_struct(getattr(asked, "return"))["region"] == "eu-central-1"
    server.communicate("")


def create(stub: ResourceProviderStub, urn: str, **inputs: Any) -> pb.CreateResponse:
    name = urn.rsplit("::", 1)[-1]
    return stub.Create(pb.CreateRequest(urn=urn, name=name, type=QUEUE, properties=to_struct(inputs)))


def test_each_connection_keeps_its_own_configuration(clouds: Clouds) -> None:
    here, there = open_provider(clouds, "aws", region="us-east-2"), open_provider(clouds, "aws", region="eu-west-3")
    ids = [create(stub, f"urn:pulumi:dev::conn::{QUEUE}::q", name="conn").id for stub in (here, there, here, there)[:2]]
    assert ids == [f"https://sqs.{region}.amazonaws.com/123456789012/conn" for region in ("us-east-2", "eu-west-3")]


def test_runs_at_the_same_time_do_not_disturb_each_other(clouds: CloudsInFolder) -> None:
    def run(number: int) -> None:
        stub = open_provider(clouds, "aws", region="us-east-1" if number % 2 else "us-west-2")
        for item in range(10):
            urn = f"urn:pulumi:dev::many{number}::{QUEUE}::q{item}"
            made = create(stub, urn, name=f"many{number}-{item}")
            found = stub.Read(pb.ReadRequest(id=made.id, urn=urn, type=QUEUE, properties=made.properties))
            assert from_struct(found.properties) == from_struct(made.properties)

    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            run(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    mine = [e for e in Inventory(clouds.directory).all() if e.urn.startswith("urn:pulumi:dev::many")]
    assert len(mine) == 60
    assert {e.scope for e in mine} == {"us-east-1", "us-west-2"}


def test_two_stacks_run_side_by_side_on_one_server(tmp_path: Path) -> None:
    """Two engines and two programs at once, against one pair of clouds."""
    program = (
        "import pulumi, pulumi_aws as aws\n"
        "queues = [aws.sqs.Queue(f'q{i}') for i in range(8)]\n"
        "pulumi.export('urls', [queue.url for queue in queues])\n"
    )
    records: dict[str, RunRecord] = {}
    for name in ("left", "right"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n")
        (tmp_path / name / "__main__.py").write_text(program)

    def one(name: str) -> None:
        state = tmp_path / f"state-{name}"
        records[name] = rehearse(tmp_path / name, up=True, state=state, seconds=120)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.error for record in records.values()] == [None, None]
    assert not set(records["left"].outputs["urls"]) & set(records["right"].outputs["urls"])


def test_the_context_manager_names_a_server_that_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did not start"), running(tmp_path, region="--no-such-option"):
        pass


def test_clouds_name_the_judge_that_runs_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(judge.VARIABLE, "127.0.0.1:9")

    with running(tmp_path) as served:
        assert served.judge == "127.0.0.1:9"


def test_clouds_start_a_judge_where_none_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    another = os.environ[judge.VARIABLE]
    monkeypatch.delenv(judge.VARIABLE)

    with running(tmp_path) as served:
        host, port = served.judge.split(":")
        socket.create_connection((host, int(port)), timeout=20).close()
        assert served.judge != another


def test_a_judge_says_nothing_of_an_asker_that_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "rehearsal", "judge", "--socket", str(listening.fileno())]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, pass_fds=[listening.fileno()])
        host, port = listening.getsockname()
    for sent in (b"GET /", b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n[]\n"):
        with socket.create_connection((host, port)) as asker:
            # as the system closes what a killed process had: at once
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            asker.sendall(sent)
    staying = HTTPConnection(host, port, timeout=60)
    staying.request("POST", "/", body="[]")

    assert staying.getresponse().status in (200, 500)
    assert process.communicate("", timeout=60)[1] == ""


def test_a_judge_answers_before_it_loads_its_linter() -> None:
    """Whoever watches for edits has it loaded, and goes on."""
    connection = HTTPConnection(os.environ[judge.VARIABLE], timeout=60)
    connection.request("GET", "/")

    assert connection.getresponse().status == 204
