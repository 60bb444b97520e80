"""The clouds serve an engine that `gitops` has no part in: one line of environment, the Automation API, no YAML."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from gitops.engine.install import Engine
from rehearsal.values import to_struct

PROGRAM = """
import json, os
import pulumi, pulumi_aws as aws
from pulumi import automation as auto

def program():
    pulumi.export("url", aws.sqs.Queue("orders", name="orders").url)

settings = auto.ProjectSettings(name="shop", runtime="python")
options = auto.LocalWorkspaceOptions(work_dir=os.getcwd(), project_settings=settings)
stack = auto.create_or_select_stack("dev", project_name="shop", program=program, opts=options)
stack.set_config("aws:region", auto.ConfigValue("eu-west-1"))
print(stack.up().outputs["url"].value)
"""
SCRIPT = """
coproc clouds { exec "$PYTHON" -m rehearsal serve --clouds "$CLOUDS"; }
read -r line <&"${clouds[0]}" && eval "$line"
cd "$WORK" && "$PYTHON" program.py
"""


def test_a_script_evaluates_one_line_and_its_engine_finds_the_clouds(engine: Engine, tmp_path: Path) -> None:
    for folder in ("work", "state"):
        (tmp_path / folder).mkdir()
    (tmp_path / "work" / "program.py").write_text(PROGRAM)
    variables = {
        "PATH": f"{engine.path.parent}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "CLOUDS": str(tmp_path / "clouds"),
        "WORK": str(tmp_path / "work"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "alone",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    (tmp_path / "script").write_text(SCRIPT)  # `bash -c` would replace itself by the last command, and close the pipe
    script = ["bash", str(tmp_path / "script")]
    done = subprocess.run(script, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.stdout.strip() == "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", done.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "rehearsal", "list", str(tmp_path / "clouds")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == ["aws:sqs/queue:Queue"]


def creation(token: str, name: str, **inputs: str) -> pb.CreateRequest:
    urn = f"urn:pulumi:dev::shop::{token}::{name}"
    return pb.CreateRequest(urn=urn, type=token, name=name, properties=to_struct(inputs))


def test_a_server_with_nothing_to_read_runs_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rehearsal", "serve", "--clouds", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            assert line.startswith("export PULUMI_DEBUG_PROVIDERS=aws:")
            port = line.partition("aws:")[2].partition(",")[0]
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                cloud = ResourceProviderStub(channel)
                vpc = cloud.Create(creation("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")).id
                subnet = {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}
                cloud.Create(creation("aws:ec2/subnet:Subnet", "one", **subnet))
                # an engine of one's own asks no judge: the apply itself refuses
                with pytest.raises(grpc.RpcError, match=r"InvalidSubnet\.Conflict"):
                    cloud.Create(creation("aws:ec2/subnet:Subnet", "two", **subnet))
            assert server.poll() is None
            server.send_signal(2)
            assert server.wait(timeout=20) == 0
        finally:
            server.kill()
