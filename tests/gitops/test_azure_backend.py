"""State in Azure Blob (Azurite's server): deployed, locked by an engine that died, unlocked, gone back."""

from __future__ import annotations

import os
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
from tests.tools import azurite

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


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def set_config(checkout: Callable[..., Path], title: str, *, salt: str = "", pause: int = 0) -> Path:
    """Writes and commits the stack's config; `salt` is the line that `stack init` put there."""
    root = checkout(PROGRAM, dev=f"aws:region: us-east-1\nweb:title: {title}\nweb:pause: {pause}")
    file = root / "stacks/web/Pulumi.dev.yaml"
    file.write_text(salt + file.read_text())
    (root / ".gitignore").write_text("report\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"{title}, {pause}, {salt[:14]}")
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
    first = git(root, "rev-parse", "HEAD").strip()
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
