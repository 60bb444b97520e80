"""State in Azure Blob (Azurite's server), by each login: deployed, locked by a dead engine, unlocked, gone back."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitops.checkout.targets import Target
from gitops.engine.clouds import running
from gitops.engine.install import Engine
from gitops.state_locks.blob import BlobLocks
from tests.git import commit_all, git
from tests.tools import assertions, azurite, entra

PROGRAM = """
    import time
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    time.sleep(0 if pulumi.runtime.is_dry_run() else config.get_int("pause") or 0)
    aws.sns.Topic("news", name="news", display_name=config.require("title"))
    pulumi.export("title", config.require("title"))
"""
WEB = Target("web", "dev")


@pytest.fixture
def real(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a deployer with a container."""
    with azurite.serving() as address, running(tmp_path / "clouds") as clouds:
        variables = {
            **os.environ,
            "AZURE_STORAGE_ACCOUNT": azurite.ACCOUNT,
            "AZURE_STORAGE_KEY": azurite.KEY,
            "PULUMI_BACKEND_URL": f"azblob://state?protocol=http&localemu=true&domain={address}",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers,
        }
        container(variables).request("PUT", "", {"restype": "container"})
        yield variables


def container(variables: dict[str, str]) -> BlobLocks:
    return BlobLocks(variables["PULUMI_BACKEND_URL"], WEB, variables)


def set_config(checkout: Callable[..., Path], title: str, *, salt: str = "", pause: int = 0) -> Path:
    """Writes and commits the stack's config; `salt` is the line that `stack init` put there."""
    root = checkout(PROGRAM, dev=f"aws:region: us-east-1\nweb:title: {title}\nweb:pause: {pause}")
    file = root / "stacks/web/Pulumi.dev.yaml"
    file.write_text(salt + file.read_text())
    (root / ".gitignore").write_text("report\n")
    commit_all(root, f"{title}, {pause}, {salt[:14]}")
    return root


@pytest.mark.soak
@pytest.mark.slow("a whole life of a stack against an Azure Blob server, whose packages are fetched first")
def test_a_stack_lives_in_azure_blob(
    checkout: Callable[..., Path], real: dict[str, str], engine: Engine, tmp_path: Path
) -> None:
    def gitops(*arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "gitops", *arguments]
        done = subprocess.run(command, cwd=root, env=real, capture_output=True, text=True, timeout=240)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    root = set_config(checkout, "first")
    init = [str(engine.path), "stack", "init", "dev", "--non-interactive"]
    subprocess.run(init, cwd=root / "stacks/web", env=real, check=True, capture_output=True)
    config = (root / "stacks/web/Pulumi.dev.yaml").read_text()
    salt = next(line for line in config.splitlines(True) if line.startswith("encryptionsalt"))
    set_config(checkout, "first", salt=salt)
    first = git(root, "rev-parse", "HEAD")
    assert "1 create" in gitops("deploy", "dev")
    assert "web/dev is free" in gitops("unlock", "web", "dev")

    set_config(checkout, "second", salt=salt, pause=60)
    locks = container(real)
    with subprocess.Popen([sys.executable, "-m", "gitops", "deploy", "dev"], cwd=root, env=real) as dying:
        while not (held := list(locks.read())):
            assert dying.poll() is None
            time.sleep(0.1)
        os.kill(held[0].pid, signal.SIGKILL)
        assert dying.wait(120) == 1
    set_config(checkout, "second", salt=salt)
    assert "another update of this stack holds its lock" in gitops("deploy", "dev", code=1)
    assert held[0].id in gitops("unlock", "web", "dev", code=1)
    assert "web/dev is free" in gitops("unlock", "web", "dev", "--lock", held[0].id)
    assert "1 update" in gitops("deploy", "dev")

    assert "not known" not in gitops("rollback", "web", "dev", "--to", first)
    assert "1 update" in gitops("deploy", "dev")
    assert "as it was deployed" in gitops("verify", "dev", "--no-smoke")


@pytest.mark.soak
@pytest.mark.slow("the engine logs in to an Azure Blob server, whose packages are fetched first")
def test_state_in_azure_blob_is_opened_with_a_jobs_own_identity_and_with_the_az_commands(
    checkout: Callable[..., Path], engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = entra.Certificate.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    secured = ["--oauth", "basic", "--cert", str(certificate.file), "--key", str(certificate.key)]
    with (
        azurite.serving(*secured) as address,
        entra.serving(certificate) as logins,
        assertions.serving() as tokens,
        running(tmp_path / "clouds") as clouds,
    ):
        key = {"AZURE_STORAGE_KEY": azurite.KEY}
        variables = {
            **os.environ,
            "AZURE_STORAGE_ACCOUNT": azurite.ACCOUNT,
            "HTTPS_PROXY": logins.proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "PULUMI_BACKEND_URL": f"azblob://state?localemu=true&domain={address}",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers,
        }
        job = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": tokens.address,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of this job",
            "ARM_CLIENT_ID": "99999999-8888-7777-6666-555555555555",
            "ARM_TENANT_ID": entra.TENANT,
        }
        container(variables | key).request("PUT", "", {"restype": "container"})
        root = set_config(checkout, "first")

        def run(command: list[str], login: dict[str, str], folder: str = "") -> str:
            here, environ = root / folder, variables | login
            done = subprocess.run(command, cwd=here, env=environ, capture_output=True, text=True, timeout=240)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout + done.stderr

        gitops = [sys.executable, "-m", "gitops"]
        run([str(engine.path), "stack", "init", "dev", "--non-interactive"], key, "stacks/web")
        assert "1 create" in run([*gitops, "deploy", "dev"], job)

        asked = {form["client_assertion"].split()[0]: (form["client_id"], form["scope"]) for form in logins.asked}
        assert asked["assertion"][0] == job["ARM_CLIENT_ID"]
        assert "https://storage.azure.com/.default" in asked["assertion"][1]

        command = tmp_path / "az"
        answer = {
            "accessToken": entra.make_token(),
            "expiresOn": "2099-01-01 00:00:00.000000",
            "expires_on": 4070908800,
        }
        command.write_text(f"#!/bin/sh\necho {shlex.quote(json.dumps(answer))}\n")
        command.chmod(0o755)
        path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
        path["AZURE_TOKEN_CREDENTIALS"] = "dev"  # else a machine in Azure is asked for an identity of its own before
        before = len(logins.asked)
        assert "no change" in run([*gitops, "preview", "web/dev"], path)
        assert "web/dev is free" in run([*gitops, "unlock", "web", "dev"], path)
        assert len(logins.asked) == before
