"""Runs of the real engine on small checkouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from gitops.checkout.targets import discover
from gitops.engine.install import Engine
from gitops.records import Operation, RunRecord
from gitops.run import Run, Sandbox, perform, serve_clouds
from tests.worlds import pool

Runner = Callable[..., RunRecord]


@pytest.fixture
def run_for(engine: Engine, tmp_path: Path) -> Callable[..., Run]:
    """A rehearsal run of the checkout at a root; every run of one test shares its clouds and state."""

    def make(root: Path, *, seconds: float = 120, judged: bool = False) -> Run:
        sandbox = Sandbox(tmp_path / "sandbox")
        return Run(root=root, engine=engine, pool=pool(), sandbox=sandbox, judged=judged, seconds=seconds)

    return make


@pytest.fixture
def run(run_for: Callable[..., Run]) -> Iterator[Runner]:
    """`run(root, Operation.UPDATE)` performs it on the only target and gives its record; the clouds start once."""
    providers = ""
    with ExitStack() as running:

        def perform_one(root: Path, operation: Operation = Operation.PREVIEW, **options: float) -> RunRecord:
            nonlocal providers
            asked = run_for(root, **options)
            providers = providers or running.enter_context(serve_clouds(asked)).providers
            (target,) = discover(root)
            return perform(replace(asked, providers=providers), [target], operation, lambda record: None)[target]

        yield perform_one
