"""Deployments that many tests ask of: each is made once a test run, by the first process that needs it.

A world is a folder: the checkout that was deployed (`checkout/` or this repository), the engine's state, the clouds'
inventory and the records. Nobody changes a world; who wants to go on from one goes on from a copy (`Life`).
"""

from __future__ import annotations

import atexit
import fcntl
import filecmp
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from gitops.checkout.targets import Target, discover
from gitops.engine import install
from gitops.engine.pool import Pool
from gitops.files import write_text
from gitops.records import Op, Operation, RunRecord, Step
from gitops.run import Run, Sandbox, serve_clouds
from tests.stacks import configs

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "TESTS_WORLDS"
"""Variable that names the folder of this test run's worlds, the same for all of its processes."""
SECONDS = 300


@dataclass(frozen=True)
class World:
    """One stack in all of its environments: `records` by run and target; `root` is the checkout that was deployed."""

    folder: Path
    root: Path

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.folder)

    def record(self, target: str, run: str = "update") -> RunRecord:
        """Fails the test when the run failed."""
        record = self.records[f"{run} {target}"]
        assert record.error is None, f"{target} {run}: {record.error}"
        return record

    @cached_property
    def records(self) -> dict[str, RunRecord]:
        file = self.folder / "records.json"
        read = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return {key: RunRecord.model_validate(record) for key, record in read.items()}

    def resources(self, target: str) -> list[dict[str, Any]]:
        """The resources in the state that the deployment left, as the engine writes them."""
        latest = json.loads(self.state_file(target).read_text(encoding="utf-8"))["checkpoint"]["latest"]
        return latest.get("resources", [])

    def state_file(self, target: str) -> Path:
        return self.sandbox.state / ".pulumi" / "stacks" / f"{target}.json"

    @contextmanager
    def running(self) -> Iterator[Callable[[Operation], dict[str, RunRecord]]]:
        """Runs an operation on every target of `root`'s stack; the clouds are up for the block."""
        run = begin(self.root, self.sandbox)
        targets = [target for target in discover(self.root) if target.stack == self.folder.name]
        run.pool.warm_up([self.folder.name])
        with serve_clouds(run) as served:

            def perform(operation: Operation) -> dict[str, RunRecord]:
                judging = replace(served, judged=operation is Operation.UPDATE)  # what is applied is what is asked of
                records = run.pool.run([judging.job(target, operation) for target in targets])
                return {record.target: record for record in records}

            yield perform

    def deploy(self) -> None:
        with self.running() as perform:
            self.keep(preview=perform(Operation.PREVIEW), update=perform(Operation.UPDATE))

    def keep(self, **runs: Mapping[str, RunRecord]) -> None:
        records = {f"{run} {target}": record for run, made in runs.items() for target, record in made.items()}
        written = {key: record.model_dump(mode="json") for key, record in (self.records | records).items()}
        write_text(self.folder / "records.json", json.dumps(written))


def programs(stack: str) -> World:
    """A stack's program, in every environment of the tests' own config, previewed and applied under the pack."""
    return once("programs", stack, deploy_program)


def find_deployment(target: str) -> RunRecord:
    """The deployment of `<stack>/<environment>` under the tests' own config."""
    return programs(target.partition("/")[0]).record(target)


def deploy_program(folder: Path) -> World:
    targets = [target for target in configs.TARGETS if target.startswith(f"{folder.name}/")]
    world = World(folder, configs.checkout(folder / "checkout", targets))
    world.deploy()
    return world


def fork(stack: str) -> World:
    """A stack of this fork, under its own config: deployed, previewed again, compared with the clouds, destroyed.

    While its config and its model are still those of the tests, its deployment is theirs, copied.
    """
    return once("fork", stack, live_through)


def live_through(folder: Path) -> World:
    world = World(folder, ROOT)
    own = {str(target): configs.on_disk(target) for target in discover(ROOT) if target.stack == folder.name}
    same_model = filecmp.cmp(ROOT / configs.DESCRIPTION, configs.MODEL / configs.DESCRIPTION.name, shallow=False)
    if same_model and own == {target: configs.config(target) for target in configs.TARGETS if target in own}:
        deployed = programs(folder.name)
        copy_sandbox(deployed.sandbox, world.sandbox)
        shutil.copy(deployed.folder / "records.json", folder)
    else:
        world.deploy()
    with world.running() as perform:
        again, drift = perform(Operation.PREVIEW), perform(Operation.DRIFT)
        for target in own:
            unprotect(world.state_file(target))
        World(folder, ROOT).keep(again=again, drift=drift, destroy=perform(Operation.DESTROY))
    return world


def unprotect(state: Path) -> None:
    """What `pulumi state unprotect --all` does."""
    document = json.loads(state.read_text(encoding="utf-8"))
    for resource in document["checkpoint"]["latest"]["resources"]:
        resource.pop("protect", None)
    write_text(state, json.dumps(document))


def copy_sandbox(source: Sandbox, copy: Sandbox) -> Sandbox:
    shutil.copytree(source.state, copy.state, ignore=shutil.ignore_patterns("home"))
    shutil.copytree(source.clouds, copy.clouds)
    return copy


@cache
def once(kind: str, stack: str, make: Callable[[Path], World]) -> World:
    """The stack's world of that kind, made by whichever process of this test run asks first; the others wait."""
    folder = session_folder() / kind / stack
    root = folder / "root"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            root.symlink_to(make(folder).root)
    return World(folder, root.readlink())


@cache
def session_folder() -> Path:
    """The test run's own folder; outside of one (a command that writes goldens) this process's own."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="worlds-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    return Path(os.environ[FOLDER])


@cache
def pool() -> Pool:
    """One pool a process: what it has imported serves every run, and what a program imports is known to all."""
    return Pool(2, session_folder() / "learned")


Changes = Mapping[str, Any]
"""Dotted path under the project's namespace (`scaling.max`) → new value."""


@dataclass
class Life:
    """One target's life after its deployment: every run continues from the state and the clouds of the one before."""

    base: Run
    target: Target

    @property
    def deployed(self) -> RunRecord:
        """The deployment that it goes on from."""
        return find_deployment(str(self.target))

    @property
    def sandbox(self) -> Sandbox:
        assert self.base.sandbox
        return self.base.sandbox

    def run(self, operation: Operation, changes: Changes | None = None, *, judged: bool = False) -> RunRecord:
        """`changes` are of the config, for this run only. Fails the test when the run failed."""
        record = self.attempt(operation, changes, judged=judged)
        assert record.error is None, f"{record.target} {operation}: {record.error}"
        return record

    def destroy(self) -> RunRecord:
        """The record of taking all of it away, whatever is protected."""
        unprotect(self.sandbox.state / ".pulumi" / "stacks" / f"{self.target}.json")
        return self.run(Operation.DESTROY)

    def attempt(self, operation: Operation, changes: Changes | None = None, *, judged: bool = False) -> RunRecord:
        """As `run`, where it may fail."""
        target = str(self.target)
        if target in configs.TARGETS:
            values = configs.config(target)
            for key, value in (changes or {}).items():
                change(values, self.target.stack, key, value)
            configs.write_target(self.base.root, target, values)
        job = replace(self.base, judged=judged).job(self.target, operation)
        (record,) = self.base.pool.run([job])
        return record


def change(config: dict[str, Any], stack: str, key: str, value: Any) -> None:
    """Set one value in a config, the maps on the way to it made where they are missing."""
    block, *rest = key.split(".")
    parts = [f"{stack}:{block}", *rest]
    for part in parts[:-1]:
        config = config.setdefault(part, {})
    config[parts[-1]] = value


@contextmanager
def life(folder: Path, target: str) -> Iterator[Life]:
    """Goes on from a deployed target of the tests' config, in a copy of its world below `folder`."""
    copy = copy_sandbox(programs(target.partition("/")[0]).sandbox, Sandbox(folder))
    root = configs.checkout(folder / "checkout", [target])
    with living(root, target, copy) as found:
        yield found


@contextmanager
def living(root: Path, target: str, sandbox: Sandbox) -> Iterator[Life]:
    """A target of any checkout on clouds that are up for the block."""
    stack, environment = target.split("/")
    run = begin(root, sandbox)
    run.pool.warm_up([stack])
    with serve_clouds(run) as served:
        yield Life(served, Target(stack, environment))


def begin(root: Path, sandbox: Sandbox) -> Run:
    return Run(root, install.ensure(print), pool(), sandbox, seconds=SECONDS, throwaway=True)


def list_changes(record: RunRecord) -> dict[str, Op]:
    """What the run did, by type and name, without what stayed as it was."""
    return {f"{step.type} {step.name}": step.op for step in record.steps if step.op not in (Op.SAME, Op.READ)}


def diffs(record: RunRecord, resource_type: str) -> dict[str, tuple[Any, Any]]:
    """Property path → before and after, of every resource of a type."""
    found = [step for step in record.steps if step.type == resource_type]
    return {diff.path: (diff.before, diff.after) for step in found for diff in step.diffs}


def of_type(record: RunRecord, resource_type: str) -> list[Step]:
    return [step for step in record.steps if step.type == resource_type]
