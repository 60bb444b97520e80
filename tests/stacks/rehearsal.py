"""Targets on the rehearsal clouds: a checkout, or a copy of it with some config changed, run by the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gitops.engine.clouds import Clouds, running
from gitops.engine.install import VERSION, Engine
from gitops.engine.job import Job
from gitops.engine.pool import Pool
from gitops.records import Op, Operation, RunRecord, Step

ROOT = Path(__file__).resolve().parents[2]
TARGETS = sorted(f"{path.parent.name}/{path.name.split('.')[1]}" for path in (ROOT / "stacks").glob("*/Pulumi.*.yaml"))
Changes = Mapping[str, Any]
"""Dotted path under the project's namespace (`scaling.max`) → new value."""


@dataclass
class Rehearsal:
    """One target's life: every run continues from the state and the clouds that the one before left."""

    engine: Engine
    clouds: Clouds
    folder: Path
    stack: str
    environment: str
    repository: Path = ROOT

    def run(self, operation: Operation, changes: Changes | None = None, *, judged: bool = False) -> RunRecord:
        """`changes` are of the config, for this run only. Fails the test when the run failed."""
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        job = Job(
            root=str(self.checkout(changes or {})),
            stack=self.stack,
            environment=self.environment,
            operation=operation,
            engine=str(self.engine.path),
            engine_version=VERSION,
            backend=f"file://{state}",
            debug_providers=self.clouds.debug_providers,
            policy_pack=str(ROOT / "policies") if judged else None,
            seconds=240,
        )
        (record,) = Pool(1).run([job])
        assert record.error is None, f"{record.target} {operation}: {record.error}"
        return record

    def checkout(self, changes: Changes) -> Path:
        """The repository itself, or a copy of the stack beside links to the rest when config is changed."""
        if not changes:
            return self.repository
        root = self.folder / "checkout"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(ROOT / "stacks" / self.stack, root / "stacks" / self.stack)
        for room in ("shared", "serving"):
            (root / room).symlink_to(ROOT / room)
        path = root / "stacks" / self.stack / f"Pulumi.{self.environment}.yaml"
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key, value in changes.items():
            change(document["config"], self.stack, key, value)
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return root


def change(config: dict[str, Any], stack: str, key: str, value: Any) -> None:
    """Set one value in a config, the maps on the way to it made where they are missing."""
    block, *rest = key.split(".")
    parts = [f"{stack}:{block}", *rest]
    for part in parts[:-1]:
        config = config.setdefault(part, {})
    config[parts[-1]] = value


@contextmanager
def rehearsal(engine: Engine, folder: Path, target: str) -> Iterator[Rehearsal]:
    stack, environment = target.split("/")
    with running(folder / "clouds") as clouds:
        yield Rehearsal(engine, clouds, folder, stack, environment)


def changed(record: RunRecord) -> dict[str, Op]:
    """What the run did, by type and name, without what stayed as it was."""
    return {f"{step.type} {step.name}": step.op for step in record.steps if step.op not in (Op.SAME, Op.READ)}


def diffs(record: RunRecord, resource_type: str) -> dict[str, tuple[Any, Any]]:
    """Property path → before and after, of every resource of a type."""
    found = [step for step in record.steps if step.type == resource_type]
    return {diff.path: (diff.before, diff.after) for step in found for diff in step.diffs}


def of_type(record: RunRecord, resource_type: str) -> list[Step]:
    return [step for step in record.steps if step.type == resource_type]
