"""One engine run of one target, in a process of its own: `python -m gitops.engine.worker JOB.json RECORD.json`.

A process per target because the provider SDKs load lazily and not thread-safely (pulumi_aws fails with
"module has no attribute" when programs start in threads), and so that a hanging program can be ended.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from gitops import storage
from gitops.engine import judgement, modules, previous, providers, scratch, state_file, steps
from gitops.engine.automatic import Given
from gitops.engine.command import Command
from gitops.engine.dynamic import serve_dynamic
from gitops.engine.environment import for_engine
from gitops.engine.failure import explain, worth_telling
from gitops.engine.job import Job
from gitops.engine.limit import TimeLimit, end_with_parent, outlive_interrupts
from gitops.engine.listen import Listener
from gitops.engine.program import Program
from gitops.engine.references import refer_to_own_backend
from gitops.engine.refusals import judge
from gitops.engine.retirement import ProtectedError, retire
from gitops.engine.secret_values import SecretValues, choose_key
from gitops.engine.start import MovedError, check_state
from gitops.engine.validation import problems
from gitops.files import write_text
from gitops.garbage import collect_rarely
from gitops.records import REFUSED, Operation, RunError, RunRecord, Status, Step
from gitops.redaction import credentials, take_out_of_record
from gitops.temporary import hold_with_parent


def record_of(job: Job) -> RunRecord:
    """`run`'s record, also where this machine refuses a file. Raises OSError where the user cannot mend it."""
    try:
        return run(job)
    except OSError as error:
        cause = storage.explain(error)
        if cause is None:
            raise
        return record(job, error=RunError(kind="engine", message=cause.located, hint=cause.hint))


def run(job: Job) -> RunRecord:
    """Runs the job. Never raises for anything the stack did: the record says what failed."""
    error = None if job.project or job.retired else problems(Path(job.root), job.stack, job.environment)
    if error:
        return record(job, error=error)
    secrets = SecretValues(choose_key(os.environ, rehearsal=job.rehearsal))
    with tempfile.TemporaryDirectory(prefix="gitops-policies-") as name:
        ended = run_engine(job, Path(name), secrets)
    return take_out_of_record(ended, secrets.words | credentials(os.environ))


def run_engine(job: Job, between: Path, secrets: SecretValues) -> RunRecord:
    """`between` is a folder for what passes between the policy pack and this process."""
    judged, before = between / "findings.jsonl", between / "before.json"
    program, listener = program_of(job), Listener(judged)
    program.before.append(secrets.listen)
    environment = {**for_engine(job), judgement.VARIABLE: str(judged), previous.VARIABLE: str(before)}
    limit, found_state = TimeLimit(job.seconds), ""
    command = Command(job.engine, job.engine_version, made=job.rehearsal)
    try:
        with (
            limit,
            settings_of(job) as config,
            serve_dynamic(environment, job.entry.parent, job.stack) as variables,
        ):
            command.settings_folder = str(config.parent)
            stack = select_stack(job, program, command, variables)
            program.prepare()
            found_state = check_state(job, stack)
            previous.write_previous_state(job, stack, before)
            steps, printed = operate(job, stack, listener, config, program.registrations.given)
    except MovedError as error:
        return record(job, listener, error=RunError(kind=REFUSED, message=str(error), hint="Preview again."))
    except ProtectedError as error:
        return record(job, listener, error=RunError(kind=REFUSED, message=str(error), hint=error.hint))
    except auto.CommandError as error:
        if limit.passed:
            message = f"no end after {job.seconds:g} s; still waiting for: {program.name_awaited()}"
            hint = "Look for an output that waits for itself, or give --time-limit more seconds."
            return record(job, listener, error=RunError(kind="timeout", message=message, hint=hint))
        cause = explain(error, program, listener)
        steps = read_printed_steps(job, command, program.registrations.given)
        if only_judged(job, cause):
            cause = judge(job, "\n".join(command.printed), steps, listener)
        ended = record(job, listener, steps=steps, error=cause)
    else:
        error = judge(job, printed, steps, listener)
        ended = record(job, listener, steps=steps, error=error)
    return ended.model_copy(update={"secrets": dict(sorted(secrets.hashes.items())), "state": found_state})


def only_judged(job: Job, cause: RunError) -> bool:
    """Whether the run completed and only policies objected: a preview with findings did not fail."""
    return job.operation is Operation.PREVIEW and cause.kind == "findings"


def read_printed_steps(job: Job, command: Command, given: Given) -> tuple[Step, ...]:
    """The steps of a preview that ended with an error; empty if it printed no complete document."""
    try:
        printed = "\n".join(command.printed)
        return steps.from_preview(printed, root=Path(job.root), folder=job.folder, given=given)
    except ValueError:
        return ()


def program_of(job: Job) -> Program:
    program = Program(root=Path(job.root), folder=job.folder, entry=job.entry)
    if job.project:
        program.missing = "Pass it: --config {key}=VALUE"
    if job.rehearsal:
        program.transformations.append(refer_to_own_backend)
    return program


def settings_of(job: Job) -> AbstractContextManager[Path]:
    """The config file that the engine reads: the checkout's own, or for a rehearsal a copy in a scratch folder."""
    config_file = job.folder / f"Pulumi.{job.environment}.yaml"
    forgets = job.operation is Operation.PREVIEW and job.endpoints
    encryption = scratch.BY_VAULT if forgets else scratch.BY_PASSPHRASE
    if job.project:
        config = {"config": job.project.config, **encryption}
        return scratch.write_settings(job.project.settings, config_file.name, config)
    project = job.folder / "Pulumi.yaml"
    return scratch.copy_settings(project, config_file, encryption) if job.rehearsal else nullcontext(config_file)


def select_stack(job: Job, program: Program, command: Command, variables: dict[str, str]) -> auto.Stack:
    """Selects the stack. A rehearsal creates a new stack; on the real clouds none is created by accident."""
    options = auto.LocalWorkspaceOptions(
        work_dir=command.settings_folder,
        pulumi_command=command,
        env_vars=variables,
    )
    if job.rehearsal:
        state_file.make(job.backend or "", job.stack, job.environment)
    stack = auto.select_stack(job.environment, project_name=job.stack, program=program, opts=options)
    if isinstance(stack.workspace, auto.LocalWorkspace):
        stack.workspace.work_dir = str(program.folder)
    return stack


def operate(
    job: Job, stack: auto.Stack, listener: Listener, config: Path, given: Given
) -> tuple[tuple[Step, ...], str]:
    """The steps, and what can be judged as a whole: a preview's JSON, the state after an update.

    `given` fills while the program runs.
    """
    common: dict[str, Any] = {"on_event": listener.on_event, "config_file": str(config), "color": "never"}
    packs: dict[str, Any] = {"policy_packs": [job.policy_pack]} if job.policy_pack else {}
    where: dict[str, Any] = {"root": Path(job.root), "folder": job.folder, "given": given}
    if job.retired and job.operation is not Operation.DRIFT:
        return retire(job, stack, listener, common), ""
    match job.operation:
        case Operation.PREVIEW:
            result = stack.preview(**common, **packs, refresh=job.refresh)
            return steps.from_preview(result.stdout, **where), result.stdout
        case Operation.DRIFT:
            stack.preview_refresh(**common)
        case Operation.UPDATE:
            stack.up(**common, **packs, refresh=job.refresh)
        case Operation.REFRESH:
            stack.refresh(**common, clear_pending_creates=True)  # operate.describe_interrupted has named them
        case Operation.DESTROY:
            stack.destroy(**common)
    made = state_file.read(job, stack)
    whole = json.dumps(made) if job.rehearsal and job.operation is Operation.UPDATE else ""
    return steps.from_events(listener.steps, made, **where), whole


def record(
    job: Job, listener: Listener | None = None, *, steps: tuple[Step, ...] = (), error: RunError | None = None
) -> RunRecord:
    heard = listener or Listener()
    lines = {step.urn: {"source": step.source, "component": step.component} for step in steps}
    rows = judgement.read_rows(heard.judged) if heard.judged else ()
    judged = judgement.sort(rows, heard.findings, lines)
    moved = providers.find_changes(heard.steps, root=Path(job.root), folder=job.folder)
    return RunRecord(
        stack=job.stack,
        environment=job.environment,
        operation=job.operation,
        rehearsal=job.rehearsal,
        status=Status.FAILED if error else Status.SUCCEEDED,
        error=error and error.model_copy(update={"message": error.message.replace(f"{job.root}/", "")}),
        steps=steps,
        findings=judged.findings,
        exemptions=judged.exemptions,
        unjudged=judged.unjudged,
        diagnostics=(*worth_telling(heard.diagnostics, Path(job.root)), *providers.tell(moved, job.operation)),
        outputs_before=dict(sorted(heard.old_outputs.items())),
        outputs=dict(sorted(heard.outputs.items())),
        providers=moved,
    )


def main(job_file: str, record_file: str) -> None:
    collect_rarely()
    outlive_interrupts()
    end_with_parent()
    hold_with_parent(os.environ)
    job = Job.model_validate_json(Path(job_file).read_text(encoding="utf-8"))
    write_text(Path(record_file), record_of(job).model_dump_json(indent=1) + "\n")
    modules.write(Path(record_file).with_name("modules.json"), modules.list_imported())
    sys.stdout.flush()
    sys.stderr.flush()
    # A program that hung has left threads which wait for ever; the record is written, nothing else is owed.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
