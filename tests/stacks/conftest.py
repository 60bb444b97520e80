"""Deployed targets of the tests' own config, for the tests of one stack's program: those are in the stack's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stacks.configs import FOLDER, STACKS
from tests.worlds import Life, life


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """A stack that a fork has deleted takes its tests along."""
    stack = collection_path.name
    return True if (FOLDER / f"{stack}.yaml").exists() and stack not in STACKS else None


@pytest.fixture
def rehearse(tmp_path: Path) -> Iterator[Callable[[str], Life]]:
    """`rehearse("ecs_service/prod").run(Operation.UPDATE, {"scaling.max": 5})` in clouds of its own."""
    with ExitStack() as running:
        yield lambda target: running.enter_context(life(tmp_path, target))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Life]]:
    """The same for tests that only preview: one life of a target for all of a module."""
    lives: dict[str, Life] = {}
    with ExitStack() as running:

        def begin(target: str) -> Life:
            if target not in lives:
                lives[target] = running.enter_context(life(tmp_path_factory.mktemp("life"), target))
            return lives[target]

        yield begin
