"""`gitops rehearse DIR`: any Pulumi Python project on the rehearsal clouds, in a throw-away state of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from gitops.engine import install
from gitops.engine.clouds import Clouds, running
from gitops.engine.environment import CREDENTIALS, with_bytecode
from gitops.engine.project import load, missing_value
from gitops.engine.project_worker import Job
from gitops.engine.scratch import PASSPHRASE
from gitops.errors import UserError

FINE, FAILED = 0, 1
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'")


def rehearse(
    folder: Path,
    *,
    up: bool,
    overrides: tuple[str, ...] = (),
    stack: str | None = None,
    state: Path | None = None,
    served: Clouds | None = None,
    seconds: float = 300,
) -> dict[str, Any]:
    """The report of one rehearsal. Raises UserError where the project cannot be run at all.

    `state` keeps engine state and clouds between rehearsals; without it each starts from nothing. `served` are clouds
    that run already.
    """
    project = load(folder.resolve(), stack, overrides, region=os.environ.get("AWS_REGION"))
    engine = install.ensure(lambda message: print(message, file=sys.stderr))
    with ExitStack() as opened:
        home = state or Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gitops-rehearsal-")))
        work = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gitops-project-")))
        (home / "backend").mkdir(parents=True, exist_ok=True)
        served = served or opened.enter_context(running(home / "clouds"))
        job = Job(
            project=project.name,
            stack=project.stack,
            folder=str(folder.resolve()),
            entry=str(project.entry),
            settings=project.settings,
            config=project.config,
            up=up,
            work=str(work),
            engine=str(engine.path),
            engine_version=install.VERSION,
            environment=_variables(home, served.debug_providers, engine.path),
        )
        report = _in_child(job, work, seconds)
        packages = [each.split(":")[0] for each in served.debug_providers.split(",")]
    if key := report.pop("missing_config", None):
        raise missing_value(key, "the program requires it")
    if hint := missing_module(report.get("error") or "", packages):
        report["error"] += f"\n  {hint}"
    return report


def missing_module(error: str, packages: Sequence[str]) -> str:
    """What to do about a module that the program imports and that is not here; empty if that is not the error.

    `packages` are the providers that the rehearsal clouds stand in for.
    """
    found = _NO_MODULE.search(error)
    if not found:
        return ""
    name = found["name"].split(".")[0]
    package = name.removeprefix("pulumi_").replace("_", "-")
    if name.startswith("pulumi_") and package not in packages:
        return f"There is no rehearsal cloud for {package!r}; there is one for {', '.join(sorted(packages))}."
    return f"Install {name!r} into the environment that gitops runs in: {sys.prefix}"


def _variables(home: Path, debug_providers: str, engine: Path) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(engine.parent), os.environ.get("PATH", "")]),
        "PULUMI_BACKEND_URL": f"file://{home.resolve() / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DEBUG_PROVIDERS": debug_providers,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(home.resolve() / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }


def _in_child(job: Job, work: Path, seconds: float) -> dict[str, Any]:
    """Runs the job in a child whose whole process group ends with it or with the time limit."""
    request, answer = work / "job.json", work / "report.json"
    request.write_text(json.dumps(asdict(job)), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(CREDENTIALS)}
    environment = with_bytecode(environment) | {
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONHASHSEED": "0",
        # Compiled modules are kept, the SDKs have hundreds, but never in the project's folder.
        "PYTHONPYCACHEPREFIX": str(install.cache_directory() / "bytecode"),
    }
    command = [sys.executable, "-m", "gitops.engine.project_worker", str(request), str(answer)]
    child = subprocess.Popen(
        command, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise UserError(
            f"{job.entry} did not end within {seconds:g} s",
            hint="Look for an output that waits for itself, or give --time-limit more seconds.",
        ) from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if not answer.exists():
        raise UserError(f"the rehearsal of {job.entry} ended with code {child.returncode} and left no report")
    return json.loads(answer.read_text(encoding="utf-8"))


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="folder of a Pulumi Python project")],
    up: Annotated[bool, typer.Option("--up", help="apply too, not only preview")] = False,
    config: Annotated[list[str] | None, typer.Option("--config", metavar="KEY=VALUE", help="set or override")] = None,
    stack: Annotated[str | None, typer.Option(help="stack whose Pulumi.<stack>.yaml is used")] = None,
    state: Annotated[Path | None, typer.Option(help="folder that keeps state and clouds for the next time")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON on standard output")] = False,
    seconds: Annotated[float, typer.Option("--time-limit", min=1, help="seconds before the run is ended")] = 300,
) -> None:
    """Run any Pulumi Python project on the rehearsal clouds. Exit 0 fine, 1 the program or a cloud refused."""
    report = rehearse(folder, up=up, overrides=tuple(config or ()), stack=stack, state=state, seconds=seconds)
    typer.echo(json.dumps(report, indent=2) if as_json else table(report))
    raise typer.Exit(FINE if report["result"] == "succeeded" else FAILED)


def table(report: dict[str, Any]) -> str:
    """The report for a terminal: a line per resource, the outputs, the verdict."""
    lines = [f"{each['operation']:10} {each['type']:60} {each['name']}" for each in report["resources"]]
    lines += ["", *(f"{name} = {json.dumps(value)}" for name, value in report["outputs"].items())]
    verdict = f"{report['project']}/{report['stack']}: {report['operation']} {report['result']}"
    return "\n".join([*lines, "", verdict, *([report["error"]] if report.get("error") else [])])


if __name__ == "__main__":
    typer.run(command)
