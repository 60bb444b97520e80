"""One target's life on the rehearsal clouds, for the tests of the stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops.engine.install import Engine
from tests.stacks.rehearsal import Rehearsal, rehearsal


@pytest.fixture
def rehearse(engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Rehearsal]]:
    """`rehearse("ecs_service/prod").run(Operation.UPDATE)`."""
    with ExitStack() as running:
        yield lambda target: running.enter_context(rehearsal(engine, tmp_path, target))
