"""A repository whose workflows can be run by `act`, and a small GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.acting import Repository
from tests.github.api import State, serving
from tests.tools import install


@pytest.fixture(scope="module")
def act() -> Path:
    return install.ensure(print) / "act"


@pytest.fixture
def repository(tmp_path: Path, act: Path) -> Repository:
    return Repository.create(tmp_path, act)


@pytest.fixture
def github() -> Iterator[tuple[str, State]]:
    with serving() as served:
        yield served
