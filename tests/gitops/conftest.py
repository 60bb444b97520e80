"""Runs of the real engine on small checkouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.engine.install import Engine
from gitops.engine.pool import Pool
from gitops.records import Operation, RunRecord
from gitops.run import Run, Sandbox, perform
from gitops.targets import discover

Runner = Callable[..., RunRecord]


@pytest.fixture
def run_for(engine: Engine, tmp_path: Path) -> Callable[..., Run]:
    """A rehearsal run of the checkout at a root; every run of one test shares its clouds and state."""

    def make(root: Path, *, seconds: float = 120, judged: bool = False) -> Run:
        sandbox = Sandbox(tmp_path / "sandbox")
        return Run(root=root, engine=engine, pool=Pool(2), sandbox=sandbox, judged=judged, seconds=seconds)

    return make


@pytest.fixture
def run(run_for: Callable[..., Run]) -> Runner:
    """`run(root, Operation.UPDATE)` performs it on the only target and gives its record."""

    def perform_one(root: Path, operation: Operation = Operation.PREVIEW, **options: float) -> RunRecord:
        (target,) = discover(root)
        return perform(run_for(root, **options), [target], operation, lambda record: None)[target]

    return perform_one
