"""A disk that is full, a folder that may not be written to: one sentence with the next step, exit code 2."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gitops import storage
from gitops.engine.environment import FORK_SERVER
from gitops.engine.install import Engine

TOPICS = """
    import pulumi_aws as aws
    for number in range(20):
        aws.sns.Topic(f"news-{number}")
"""
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def preview(root: Path, prepare: Callable[[], object]) -> subprocess.CompletedProcess[str]:
    """`gitops preview --rehearse` of a clone in a process that `prepare` has limited."""
    command = [sys.executable, "-m", "gitops", "preview", "--rehearse", "--jobs", "1"]
    own = {name: value for name, value in os.environ.items() if name != FORK_SERVER}  # which would fork without limits
    return subprocess.run(command, cwd=root, env=own, capture_output=True, text=True, timeout=180, preexec_fn=prepare)


def obey_permissions() -> None:
    """Root ignores permission bits; without this capability it is a user like any other. No effect for others."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)


def write_at_most(size: int) -> None:
    """Bytes that a file may have: the write that a full disk refuses is refused with EFBIG."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.fixture
def clone(checkout: Callable[..., Path], engine: Engine) -> Path:
    root = checkout(TOPICS)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


@pytest.mark.skipif(sys.platform != "linux", reason="drops root's right to ignore permissions, as Linux has it")
def test_a_checkout_that_may_only_be_read_is_named(clone: Path) -> None:
    clone.chmod(0o555)

    done = preview(clone, obey_permissions)
    clone.chmod(0o755)

    assert done.returncode == 2, done.stderr
    assert f"error: --out: this user may not write to {clone}" in done.stderr
    assert "`--out`, `--sandbox`" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("size", "said"),
    [
        pytest.param(0, "no temporary folder is writable and has room: [", id="full from the start"),
        pytest.param(1500, "/probe: no room to write: File too large", id="full when the worker writes its record"),
    ],
)
def test_a_full_temporary_folder_is_named(clone: Path, size: int, said: str) -> None:
    if size:  # else Python would keep a module that it compiles cut off at the limit, and every later run would fail
        preview(clone, lambda: None)
        shutil.rmtree(clone / ".rehearsal")
    done = preview(clone, partial(write_at_most, size))

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "TMPDIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", sorted(storage.FULL | storage.REFUSED), ids=errno.errorcode.get)
def test_what_a_user_can_mend_has_its_place_and_its_next_step(number: int) -> None:
    cause = storage.explain(OSError(number, os.strerror(number), "/data/report"))

    assert cause
    assert (cause.where, bool(cause.hint)) == ("/data/report", True)
    assert os.strerror(number) in cause.message


def test_any_other_error_stays_a_fault_of_ours() -> None:
    assert storage.explain(OSError(errno.EBADF, os.strerror(errno.EBADF))) is None
