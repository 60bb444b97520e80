"""Where the engine is looked for, in which order, and that nobody ever uses half of one.

`gitops setup` runs for real; `pulumi` and `go` are small scripts on a PATH that has nothing else. The tool runs from a
folder of its own, whose locks/engine.json has the hash of the script that stands for the engine.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gitops.engine.go import follow_build
from gitops.engine.install import PLATFORMS, VERSION, platform_name

ROOT = Path(__file__).parents[2]
ENGINE = f'#!/bin/sh\necho "v{VERSION}"\n'
OLD = '#!/bin/sh\necho "v3.1.0"\n'
GO = """#!/bin/sh
echo "$$" >> {calls}
{first}
while [ "$1" != "-o" ]; do shift; done
/bin/cp {built} "$2/pulumi"
[ ! -e {marked} ] || echo "# $GOOS $GOARCH" >> "$2/pulumi"
"""


@dataclass(frozen=True)
class Machine:
    """A user's machine: what is on PATH, what is in the cache, and how often Go was asked to build."""

    folder: Path

    @property
    def cached(self) -> Path:
        return self.folder / "cache" / "inference-gitops" / f"pulumi-{VERSION}" / "pulumi"

    @property
    def builds(self) -> int:
        calls = self.folder / "calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0

    def on_path(self, name: str, script: str) -> None:
        write(self.folder / "bin" / name, script)

    def with_go(self, *, first: str = "", built: str = ENGINE, marked: bool = False) -> None:
        """A Go that runs the shell line `first` and leaves `built` as the engine, `marked` with its platform."""
        write(self.folder / "built", built)
        if marked:
            (self.folder / "marked").touch()
        files = {name: self.folder / name for name in ("calls", "built", "marked")}
        self.on_path("go", GO.format(**files, first=first))

    def record(self, engine: str | None = ENGINE) -> None:
        """The tool, with this engine's hash recorded for this platform, or none."""
        tool = self.folder / "tool"
        (tool / "locks").mkdir(parents=True, exist_ok=True)
        if not (tool / "gitops").exists():
            (tool / "gitops").symlink_to(ROOT / "gitops")
        hashes = {platform_name(): hashlib.sha256(engine.encode()).hexdigest()} if engine else {}
        (tool / "locks/engine.json").write_text(json.dumps({VERSION: hashes}))

    def start(self, *options: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": str(self.folder / "bin"),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": str(self.folder / "tool"),
        }
        command = [sys.executable, "-m", "gitops", "setup", *options]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def setup(self, *options: str) -> tuple[int, str]:
        """Exit code of `gitops setup` and everything it said."""
        process = self.start(*options)
        out, err = process.communicate(timeout=120)
        return process.returncode, " ".join((out + err).split())


def write(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    made = Machine(tmp_path)
    made.record()
    return made


def test_the_engine_on_path_is_taken_first(machine: Machine) -> None:
    machine.on_path("pulumi", ENGINE)
    write(machine.cached, ENGINE)
    machine.with_go()

    code, said = machine.setup()

    assert (code, machine.builds) == (0, 0), said
    assert said.endswith(f"{machine.folder}/bin/pulumi (PATH)")


def test_another_version_on_path_is_passed_over_for_the_cache(machine: Machine) -> None:
    machine.on_path("pulumi", OLD)
    write(machine.cached, ENGINE)
    machine.with_go()

    code, said = machine.setup()

    assert (code, machine.builds) == (0, 0), said
    assert said.endswith(f"{machine.cached} (cache)")


def test_what_is_not_here_is_built_and_nothing_is_built_twice(machine: Machine) -> None:
    machine.with_go()

    code, said = machine.setup()

    assert (code, machine.builds) == (0, 1), said
    assert "building the engine" in said
    assert said.endswith(f"{machine.cached} (cache)")
    again, said = machine.setup()
    assert (again, machine.builds) == (0, 1)
    assert "building" not in said


def test_when_nothing_works_every_way_is_named(machine: Machine) -> None:
    machine.on_path("pulumi", OLD)
    machine.with_go(first="echo 'go: the module proxy does not answer' >&2; exit 1")

    code, said = machine.setup()

    assert code == 2
    for way in (
        f"PATH: no pulumi {VERSION}",
        "from go modules: go: the module proxy does not answer",
    ):
        assert way in said
    assert "put it on PATH" in said
    assert not machine.cached.exists()


def test_a_long_build_tells_how_far_it_is() -> None:
    said: list[str] = []
    seconds = iter([0, 4, 11, 11, 12, 22, 22])

    printed = follow_build(
        ["go: downloading a v1\n", "a/one\n", "a/two\n", "a/three\n"], said.append, now=lambda: next(seconds)
    )

    assert printed == ["go: downloading a v1", "a/one", "a/two", "a/three"]
    assert said == ["  modules fetched: 1, packages compiled: 1", "  modules fetched: 1, packages compiled: 3"]


def test_a_build_of_another_version_is_not_the_engine(machine: Machine) -> None:
    machine.with_go(built=OLD)

    code, said = machine.setup()

    assert code == 2
    assert f"from go modules: it left no pulumi {VERSION}" in said


def test_of_three_at_once_one_builds_and_the_others_wait(machine: Machine) -> None:
    machine.with_go(first="/bin/sleep 2")

    processes = [machine.start() for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert machine.builds == 1
    assert sum("building the engine" in text for text in said) == 1


def test_a_build_that_is_killed_leaves_no_engine_and_no_lock(machine: Machine) -> None:
    machine.with_go(first="/bin/sleep 60")
    process = machine.start()
    deadline = time.monotonic() + 60
    while machine.builds == 0 and time.monotonic() < deadline:
        time.sleep(0.05)

    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    assert not machine.cached.exists()
    machine.with_go()
    code, said = machine.setup()
    assert (code, machine.builds) == (0, 2), said


LIAR = ENGINE + "# and something else\n"


@pytest.mark.parametrize("half", ["", "\x7fELF", OLD, LIAR], ids=["empty", "cut off", "another version", "a liar"])
def test_what_is_not_the_engine_by_its_hash_is_replaced(machine: Machine, half: str) -> None:
    write(machine.cached, half)
    machine.with_go()

    code, said = machine.setup()

    assert (code, machine.builds) == (0, 1), said
    assert machine.cached.read_text() == ENGINE


def test_where_nothing_may_be_built_another_engine_is_refused(machine: Machine) -> None:
    write(machine.cached, LIAR)
    machine.with_go()

    code, said = machine.setup("--cached")

    assert (code, machine.builds) == (2, 0)
    assert "locks/engine.json" in said
    write(machine.cached, ENGINE)
    assert machine.setup("--cached")[0] == 0


def test_a_build_that_comes_out_otherwise_is_not_taken(machine: Machine) -> None:
    machine.with_go(built=LIAR)

    code, said = machine.setup()

    assert code == 2
    assert "engine.json, but one with" in said


def test_a_platform_that_nobody_recorded_has_its_engines_own_word(machine: Machine) -> None:
    machine.record(None)
    machine.with_go()

    code, said = machine.setup()

    assert (code, machine.builds) == (0, 1), said


def test_the_engine_is_recorded_for_every_platform_and_not_built_again(machine: Machine) -> None:
    machine.record(None)
    machine.with_go(marked=True)

    code, said = machine.setup("--record")

    assert (code, machine.builds) == (0, len(PLATFORMS)), said
    assert json.loads((machine.folder / "tool/locks/engine.json").read_text()) == {
        VERSION: {
            name: hashlib.sha256(f"{ENGINE}# {go['GOOS']} {go['GOARCH']}\n".encode()).hexdigest()
            for name, go in PLATFORMS.items()
        }
    }
    code, said = machine.setup("--record")
    assert (code, machine.builds) == (0, len(PLATFORMS)), said


def test_a_platform_that_was_not_recorded_is_built_though_nothing_moved(machine: Machine) -> None:
    write(machine.cached, ENGINE)
    machine.with_go()

    code, said = machine.setup("--record")

    assert (code, machine.builds) == (0, len(PLATFORMS) - 1), said
    assert json.loads((machine.folder / "tool/locks/engine.json").read_text())[VERSION].keys() == PLATFORMS.keys()


def test_this_repository_has_the_hash_of_its_engine_for_every_platform() -> None:
    recorded = json.loads((ROOT / "locks/engine.json").read_text())

    assert recorded.keys() == {VERSION}
    assert recorded[VERSION].keys() == PLATFORMS.keys()
    assert len(set(recorded[VERSION].values())) == len(PLATFORMS)


def test_a_cached_engine_with_a_plugin_beside_it_is_not_taken(machine: Machine) -> None:
    write(machine.cached, ENGINE)
    assert machine.setup("--cached")[0] == 0

    write(machine.cached.with_name("pulumi-resource-aws"), ENGINE)

    assert machine.setup("--cached")[0] == 2
