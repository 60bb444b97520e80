"""What every room's tests may ask for: the engine, and small checkouts to run it on."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from gitops.checkout.targets import discover
from gitops.engine import forks, install
from gitops.engine.environment import FORK_SERVER
from rehearsal.judge import serve as judge
from tests import worlds

ROOT = Path(__file__).parent.parent
LONGEST_FIRST = ("github", "fork", "stacks", "policies", "serving", "gitops")
"""Rooms whose tests take tens of seconds each: begun last, one of them would keep a core busy while the other idles."""
LONG = 10
"""Seconds of processor time that a test may take without a reason."""
SLOW_MACHINE = 3
"""How much slower than ours a machine may be before such a test fails there: a shared runner is."""
STACK = re.compile(r"\b(" + "|".join(sorted({target.stack for target in discover(ROOT)}, reverse=True)) + r")\b")


def pytest_configure(config: pytest.Config) -> None:
    """One folder of worlds, one fork server, one judge for all processes of this run: xdist's workers inherit them.

    So does a run that a test starts in a copy of the tree, as far as the copy's code is the same.
    """
    worlds.session_folder()
    os.environ.setdefault("GOGC", "400")  # Go's collector took a sixth of an engine's time; memory is no concern here
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    if forks.is_possible() and not forks.ForkServer.around(os.environ):
        server = forks.ForkServer.start()
        os.environ[FORK_SERVER] = str(server.address)
        config.add_cleanup(server.close)
    if judge.VARIABLE not in os.environ:
        process, os.environ[judge.VARIABLE] = judge.start()
        config.add_cleanup(process.terminate)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if world_of(item.nodeid) or asks_every_world(item):
            item.add_marker(pytest.mark.slow("the first to ask deploys the stack"))
    items.sort(key=rank)


class ByWorld(LoadScopeScheduling):
    """Tests that ask one stack's deployment run in one process: a second one would wait for it.

    xdist's own groups do nothing under pytest 9.2, silently (https://github.com/pytest-dev/pytest-xdist/issues/1386).
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False  # `rank` has the order
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return world_of(nodeid) or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWorld:
    return ByWorld(config, log)


def rank(item: pytest.Item) -> int:
    room = room_of(item)
    return LONGEST_FIRST.index(room) if room in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that takes long says why. Processor time counts: what else the machine does is not the test's fault."""
    before = processor_seconds()
    yield
    if complaint := too_long(processor_seconds() - before, item.get_closest_marker("slow")):
        pytest.fail(complaint)


def too_long(seconds: float, reason: pytest.Mark | None) -> str:
    """What is said of a test that took so much processor time; empty for one that may."""
    if seconds <= LONG * SLOW_MACHINE or (reason and reason.args):
        return ""
    return f"{seconds:.0f} s of processor time, expected {LONG} at most or @pytest.mark.slow(why it must be)"


def processor_seconds() -> float:
    """Of this process and of the children that it has waited for."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def room_of(item: pytest.Item) -> str:
    return item.nodeid.split("/")[1]


def world_of(nodeid: str) -> str:
    """The stack whose deployment a test asks, empty for none."""
    _, room, *_ = nodeid.split("/")
    about = STACK.search(nodeid)
    return about[1] if about and room in ("bench", "fork", "stacks", "policies") else ""


def asks_every_world(item: pytest.Item) -> bool:
    room = room_of(item)
    asking = {"inventory", "mutations", "targets"} & vars(item.module).keys()  # pyright: ignore[reportAttributeAccessIssue]
    return room in ("bench", "fork", "stacks", "policies") and bool(asking)


@pytest.fixture(scope="session")
def engine() -> install.Engine:
    """The real engine. `make test` installs it first; a bare pytest run gets it here."""
    return install.ensure(print)


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[..., Path]:
    """Makes a checkout with one stack: `checkout("import pulumi …", dev="days: 7")` returns its root.

    Keyword arguments are environments and the YAML under the stack's `config:`.
    """

    def make(program: str, *, stack: str = "web", **environments: str) -> Path:
        folder = tmp_path / "checkout" / "stacks" / stack
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text(f"name: {stack}\nruntime: python\n")
        (folder / "__main__.py").write_text(textwrap.dedent(program))
        for environment, config in (environments or {"dev": ""}).items():
            text = "config:\n" + textwrap.indent(textwrap.dedent(config).strip(), "  ") if config else "config: {}"
            (folder / f"Pulumi.{environment}.yaml").write_text(text + "\n")
        return tmp_path / "checkout"

    return make
