"""One rehearsal of one project in a process of its own: `python -m gitops.engine.project_worker JOB.json OUT.json`.

A process per program, because it changes the working directory and the SDKs are imported once; see `gitops.engine`.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi import automation as auto

from gitops.engine import dynamic
from gitops.engine.command import Command
from gitops.engine.failure import is_noise
from gitops.engine.listen import Listener, plain
from gitops.engine.program import begin
from gitops.engine.references import refer_to_own_backend
from gitops.engine.steps import OPS, clean, resource_type
from gitops.files import write_text
from gitops.garbage import collect_rarely

_MISSING = re.compile(r"Missing required configuration variable '([^']+)'")


@dataclass(frozen=True)
class Job:
    """`work` is a folder of the rehearsal's own, where the engine's settings and state lie."""

    project: str
    stack: str
    folder: str
    entry: str
    settings: dict[str, Any]
    config: dict[str, Any]
    up: bool
    work: str
    engine: str
    engine_version: str
    environment: dict[str, str]


@dataclass
class Program:
    """Runs the program as a language host would; remembers why it raised, without the engine's own frames."""

    entry: Path
    project: Path
    error: str = ""
    missing: str = ""

    def __call__(self) -> None:
        begin(project=self.project, tell=self.hear)
        pulumi.runtime.register_stack_transformation(refer_to_own_backend)
        try:
            runpy.run_path(str(self.entry), run_name="__main__")
        except Exception as error:
            self.hear(error)
            raise

    def hear(self, error: Exception) -> None:
        """The first exception is the cause; what follows are its consequences."""
        self.error = self.error or self._explain(error)
        missing = _MISSING.search(str(error))
        self.missing = self.missing or (missing.group(1) if missing else "")

    def _explain(self, error: Exception) -> str:
        own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(self.entry.parent))]
        where = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
        return f"{type(error).__name__}: {error}{where}"


def run(job: Job) -> dict[str, Any]:
    """The rehearsal's report: plain data, the same for the same input."""
    work, program, listener = Path(job.work), Program(Path(job.entry), Path(job.folder)), Listener()
    write_text(work / "Pulumi.yaml", yaml.safe_dump(job.settings))
    write_text(work / f"Pulumi.{job.stack}.yaml", yaml.safe_dump({"config": job.config}))
    os.chdir(program.entry.parent)
    sys.path.insert(0, str(program.entry.parent))
    sys.argv = [str(program.entry)]
    report: dict[str, Any] = {"project": job.project, "stack": job.stack, "operation": "up" if job.up else "preview"}
    try:
        stack = select_stack(job, program, work)
        operate = stack.up if job.up else stack.preview
        operate(on_event=listener.on_event, color="never", config_file=str(work / f"Pulumi.{job.stack}.yaml"))
    except auto.CommandError as error:
        return {**report, "result": "failed", **_failure(error, program, listener), **_done(listener, program)}
    return {**report, "result": "succeeded", **_done(listener, program)}


def select_stack(job: Job, program: Program, work: Path) -> auto.Stack:
    """The stack, made in the rehearsal's own folder; the engine then runs in the project's, where its assets are."""
    command = Command(job.engine, job.engine_version)
    command.settings_folder = str(work)
    environment = job.environment
    if dynamic.wanted(program.entry.parent):
        environment = dynamic.with_dynamic(environment, program.entry.parent, job.project)
    options = auto.LocalWorkspaceOptions(work_dir=str(work), pulumi_command=command, env_vars=environment)
    stack = auto.create_or_select_stack(job.stack, project_name=job.project, program=program, opts=options)
    if isinstance(stack.workspace, auto.LocalWorkspace):
        stack.workspace.work_dir = job.folder
    return stack


def _done(listener: Listener, program: Program) -> dict[str, Any]:
    folder = str(program.entry.parent)
    resources = [one_resource(step, folder) for step in listener.steps.values() if step.op.value in OPS]
    kept = (each for each in resources if not _made_by_the_engine(each))
    return {"resources": sorted(kept, key=lambda each: each["urn"]), "outputs": dict(sorted(listener.outputs.items()))}


def _made_by_the_engine(resource: dict[str, Any]) -> bool:
    """Default providers: `default_7_51_1`, and `default` for the engine's own functions."""
    return resource["type"].startswith("pulumi:providers:") and resource["name"].partition("_")[0] == "default"


def one_resource(step: Any, folder: str) -> dict[str, Any]:
    state = step.new or step.old
    parent = (state.parent if state else "") or None
    return {
        "urn": step.urn,
        "type": resource_type(step.urn),
        "name": step.urn.rsplit("::", 1)[-1],
        "parent": parent,
        "parent_name": parent.rsplit("::", 1)[-1] if parent else None,
        "operation": step.op.value,
        "inputs": clean(dict(state.inputs or {}) if state else {}, folder),
    }


def _failure(error: auto.CommandError, program: Program, listener: Listener) -> dict[str, Any]:
    found = [d for d in listener.diagnostics if d.severity == "error" and not is_noise(d.message)]
    named = [d for d in found if d.urn and "pulumi:pulumi:Stack" not in d.urn]
    told = [f"{resource_type(d.urn or '')} {(d.urn or '').rsplit('::', 1)[-1]!r}: {d.message}" for d in named]
    message = "; ".join(dict.fromkeys(told)) or program.error or "; ".join(d.message for d in found)
    return {"error": message or plain(str(error)), "missing_config": program.missing or None}


def main(job_file: str, report_file: str) -> None:
    collect_rarely()
    job = Job(**json.loads(Path(job_file).read_text(encoding="utf-8")))
    write_text(Path(report_file), json.dumps(run(job), indent=1))
    sys.stdout.flush()
    os._exit(0)  # a program that hung has left threads that wait for ever


if __name__ == "__main__":
    main(*sys.argv[1:])
