"""This repository's own stacks are deployed as a merge deploys them, by `gitops deploy`.

Two stand for all, whose lives are in test_life: one whose network awsx makes, one with secrets of its own.
"""

from __future__ import annotations

from pathlib import Path

from gitops.deploy import deploy
from gitops.engine.install import Engine
from gitops.engine.pool import Pool
from gitops.records import Op
from gitops.run import Run, Sandbox
from gitops.targets import discover
from tests.stacks.rehearsal import ROOT

TARGETS = (("ecs_service", "dev"), ("azureml_endpoint", "dev"))


def test_an_environment_is_deployed_and_deploying_it_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    targets = [target for target in discover(ROOT) if (target.stack, target.environment) in TARGETS]
    run = Run(root=ROOT, engine=engine, pool=Pool(2), sandbox=Sandbox(tmp_path / "sandbox"), seconds=240)

    first = deploy(run, targets, None, lambda _operation: lambda _record: None)
    again = deploy(run, targets, None, lambda _operation: lambda _record: None)

    assert [done.reason for done in (*first, *again)] == [""] * 2 * len(targets)
    assert all(done.fine for done in (*first, *again))
    assert {step.op for done in again if done.applied for step in done.applied.steps} <= {Op.SAME, Op.READ}
