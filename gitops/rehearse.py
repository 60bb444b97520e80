"""Any Pulumi Python project on the rehearsal clouds, in a state of its own: one job like every other."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from gitops.checkout.targets import Target
from gitops.engine import install
from gitops.engine.clouds import Clouds
from gitops.engine.pool import Pool
from gitops.engine.project import load
from gitops.errors import UserError
from gitops.records import Operation, RunRecord
from gitops.run import Run, Sandbox, serve_clouds

NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'")


def rehearse(
    folder: Path,
    *,
    up: bool,
    overrides: tuple[str, ...] = (),
    stack: str | None = None,
    state: Path | None = None,
    served: Clouds | None = None,
    fault: str = "",
    seconds: float = 300,
    pool: Pool | None = None,
) -> RunRecord:
    """The record of one rehearsal. Raises UserError where the project cannot be run at all.

    `fault` is what the clouds do wrong. `state` keeps engine state and clouds between rehearsals; without it each
    starts from nothing. `served` are clouds that run already, `pool` one that is used again.
    """
    root = folder.resolve()
    project = load(root, stack, overrides, region=os.environ.get("AWS_REGION"))
    engine = install.ensure(lambda message: print(message, file=sys.stderr))
    with ExitStack() as opened:
        home = state or Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gitops-rehearsal-")))
        sandbox = Sandbox(home.resolve()).prepare()
        if pool is None:
            pool = Pool(1)
            opened.callback(pool.stop)
        pool.warm_up([project.name])
        run = Run(root, engine, pool, sandbox, judged=False, seconds=seconds, fault=fault, throwaway=state is None)
        run = run.on(served) if served else run
        run = opened.enter_context(serve_clouds(run))
        job = run.job(Target(project.name, project.stack), Operation.UPDATE if up else Operation.PREVIEW)
        (record,) = pool.run([job.model_copy(update={"project": project})])
    if record.error and record.error.kind == "config":
        raise UserError(record.error.message, hint=record.error.hint)
    return advise(record, [entry.split(":")[0] for entry in run.providers.split(",")])


def advise(record: RunRecord, packages: Sequence[str]) -> RunRecord:
    """The record, with what to do about a module that the program imports and that is not here.

    `packages` are the providers that the rehearsal clouds stand in for.
    """
    missing = NO_MODULE.search(record.error.message) if record.error else None
    if not record.error or not missing:
        return record
    name = missing["name"].split(".")[0]
    package = name.removeprefix("pulumi_").replace("_", "-")
    if name.startswith("pulumi_") and package not in packages:
        hint = f"There is no rehearsal cloud for {package!r}; there is one for {', '.join(sorted(packages))}."
    else:
        hint = f"Install {name!r} into the environment that gitops runs in: {sys.prefix}"
    return record.model_copy(update={"error": record.error.model_copy(update={"hint": hint})})
