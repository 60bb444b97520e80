"""The way to the real clouds: state in S3 (moto's), the stack's own config file and passphrase, nothing of a rehearsal.

Only the providers are stand-ins, attached from outside through the engine's own variable; the command does not know.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from moto.server import ThreadedMotoServer

from gitops.checkout.targets import Target
from gitops.deployed.outputs import read_secrets
from gitops.engine.clouds import running
from gitops.engine.install import Engine
from gitops.github.reading_role import read_policy
from gitops.run import Run
from tests.worlds import pool

PROGRAM = """
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    topic = aws.sns.Topic("news", display_name=config.get("title") or "News")
    parameter = aws.ssm.Parameter("token", type="SecureString", value=config.require_secret("token"))
    pulumi.export("arn", topic.arn)
    pulumi.export("token", config.require_secret("token"))
"""
BUCKET = "state"
Gitops = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def s3(address: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
    urllib3.request("POST", f"{address}/moto-api/reset")  # moto's servers in one process share what they hold
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def ask_for_policies(address: str) -> Iterator[Callable[[], None]]:
    """Has the server look at policies from now on; it asks nobody again after the test, for all servers of the process.

    https://docs.getmoto.org/en/latest/docs/iam.html
    """

    def after(requests: str) -> None:
        urllib3.request("POST", f"{address}/moto-api/reset-auth", body=requests.encode())

    yield lambda: after("0")
    after("inf")


def log_in_as_reader(address: str, backend: str) -> dict[str, str]:
    """Credentials of somebody who has the policy of dev's real previews."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    iam: Any = boto3.client("iam", endpoint_url=address, region_name="us-east-1", **keys)
    iam.create_user(UserName="reader")
    policy = json.dumps(read_policy("dev", backend, [], []))
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=policy)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}


def read_stored(s3: Any, key: str) -> str:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


@pytest.fixture
def real(address: str, s3: Any, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a deployer with credentials."""
    with running(tmp_path / "clouds") as clouds:
        yield {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}?region=us-east-1&endpoint={address}&s3ForcePathStyle=true&awssdk=v2",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers,
        }


@pytest.fixture
def root(checkout: Callable[..., Path]) -> Path:
    root = checkout(PROGRAM, dev="aws:region: us-east-1")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


@pytest.fixture
def gitops(real: dict[str, str], root: Path) -> Gitops:
    def run(*arguments: str, **credentials: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gitops", *arguments]
        return subprocess.run(command, cwd=root, env=real | credentials, capture_output=True, text=True, timeout=240)

    return run


@pytest.fixture
def pulumi(real: dict[str, str], root: Path, engine: Engine) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        command = [str(engine.path), *arguments, "--non-interactive", "--stack", "dev"]
        result = subprocess.run(command, cwd=root / "stacks/web", env=real, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


def test_a_stack_that_nobody_made_is_refused_with_what_makes_it(gitops: Gitops) -> None:
    result = gitops("deploy", "dev")

    assert result.returncode == 1
    assert "the state backend does not know this stack" in result.stdout
    assert "`pulumi stack init` in stacks/web" in result.stdout


@pytest.mark.soak
@pytest.mark.slow("a whole life of a stack against a real S3 server")
def test_a_stack_is_deployed_and_compared_with_its_state_in_s3(
    gitops: Gitops,
    pulumi: Callable[..., str],
    root: Path,
    s3: Any,
    real: dict[str, str],
    address: str,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    ask_for_policies: Callable[[], None],
) -> None:
    pulumi("stack", "init")
    pulumi("config", "set", "--secret", "web:token", "s3cret")
    config = (root / "stacks/web/Pulumi.dev.yaml").read_bytes()

    previewed = gitops("preview")
    first, again = (gitops("deploy", "dev", "--json") for _ in range(2))
    drift = gitops("drift", "--json")

    assert previewed.stdout.startswith("Ready: 2 creates in 1 target"), previewed.stderr
    assert [result.returncode for result in (previewed, first, again, drift)] == [0, 0, 0, 0], first.stdout
    for deployed in (json.loads(first.stdout), json.loads(again.stdout)):
        assert deployed["web/dev"]["outputs"]["arn"].startswith("arn:aws:sns:us-east-1:")
        assert deployed["web/dev"]["outputs"]["token"] == "[secret]"
    written = "".join(path.read_text() for path in root.rglob("*") if path.is_file())
    assert "s3cret" not in written + read_stored(s3, ".pulumi/stacks/web/dev.json")
    assert "urn:pulumi:dev::web::aws:sns/topic:Topic::news" in read_stored(s3, ".pulumi/stacks/web/dev.json")
    assert (root / "stacks/web/Pulumi.dev.yaml").read_bytes() == config

    for name, value in real.items():
        monkeypatch.setenv(name, value)
    run = Run(root=root, engine=engine, pool=pool(), sandbox=None)
    assert read_secrets(run, Target("web", "dev"), {"arn": "x", "token": "[secret]"}) >= {"s3cret"}
    assert "us-east-1" not in read_secrets(run, Target("web", "dev"), json.loads(first.stdout)["web/dev"]["outputs"])

    reader = log_in_as_reader(address, real["PULUMI_BACKEND_URL"])
    ask_for_policies()
    seen, refused = gitops("preview", "dev", **reader), gitops("deploy", "dev", **reader)

    assert (seen.returncode, seen.stdout.splitlines()[0]) == (0, "Ready: no change in 1 target"), (
        seen.stdout + seen.stderr
    )
    assert refused.returncode == 1, refused.stdout
    assert "AccessDenied" in refused.stdout
