"""A command's temporary files go with it, or with the next command; nobody else's go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gitops.temporary import PREFIX, VARIABLE, hold_with_parent, own_folder, remove_abandoned

CHILD = """
import os, sys
from gitops.temporary import hold_with_parent
hold_with_parent(os.environ)
print(os.environ["TMPDIR"], flush=True)
sys.stdin.read()
"""
COMMAND = f"""
import os, subprocess, sys, tempfile
from gitops.temporary import own_folder
with own_folder(os.environ):
    open(os.path.join(tempfile.mkdtemp(), "secret"), "w").close()
    subprocess.run([sys.executable, "-c", {CHILD!r}])
"""


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_a_commands_folder_is_its_childrens_and_goes_with_it(parent: Path) -> None:
    with own_folder(os.environ) as folder:
        assert os.environ[VARIABLE] == str(folder)
        assert Path(tempfile.mkdtemp()).parent == folder
        assert folder.stat().st_mode & 0o777 == 0o700
        remove_abandoned(parent, os.getuid())
        assert folder.exists(), "it is in use"

    assert list(parent.iterdir()) == []
    assert (os.environ[VARIABLE], tempfile.gettempdir()) == (str(parent), str(parent))


def test_what_a_killed_command_left_is_removed_once_nobody_works_in_it(parent: Path) -> None:
    command = [sys.executable, "-c", COMMAND]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    left = Path(process.stdout.readline().strip())
    process.send_signal(signal.SIGKILL)
    process.wait()

    with own_folder(os.environ):
        assert left.exists(), "its child still works there"

    process.stdin.close()
    assert process.stdout.read() == "", "the child has ended"
    with own_folder(os.environ) as folder:
        assert list(parent.iterdir()) == [folder]


def test_another_users_folder_and_a_link_are_left_alone(parent: Path) -> None:
    elsewhere = parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (parent / f"{PREFIX}link").symlink_to(elsewhere)
    (parent / f"{PREFIX}file").touch()
    (parent / f"{PREFIX}mine").mkdir()

    remove_abandoned(parent, os.getuid() + 1)
    assert (parent / f"{PREFIX}mine").exists()
    remove_abandoned(parent, os.getuid())

    assert sorted(path.name for path in parent.iterdir()) == ["elsewhere", f"{PREFIX}file", f"{PREFIX}link"]
    assert (elsewhere / "file").exists()


def test_a_process_of_no_command_holds_nothing(parent: Path) -> None:
    hold_with_parent({})
    hold_with_parent({VARIABLE: str(parent / f"{PREFIX}gone")})
