"""The rehearsal clouds, served once per session, and stacks of the real engine that run on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops.engine import install
from gitops.engine.clouds import running
from rehearsal.inventory import Inventory
from tests.rehearsal.stack import CloudsInFolder, Stack


@pytest.fixture(scope="session")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudsInFolder]:
    directory = tmp_path_factory.mktemp("clouds")
    with running(directory) as served:
        yield CloudsInFolder(**vars(served), directory=directory)


@pytest.fixture
def stack(
    clouds: CloudsInFolder, engine: install.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Stack]:
    """A stack of its own name, so that tests share the clouds and nothing in them."""
    made = Stack(engine.path, clouds, tmp_path, project=request.node.name.replace("[", "-").strip("]")[:60])
    yield made
    made.leave()


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)
