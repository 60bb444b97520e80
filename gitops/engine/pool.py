"""Running jobs side by side, each in a worker process that cannot outlive this one.

A worker is forked by a process that has the SDKs imported, or started anew where that cannot be. It leads a process
group of its own, so that its engine ends with it, and reads this process's pipe: when the pipe closes, however this
process died, the worker interrupts its group.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from gitops.checkout.durations import read_durations, write_durations
from gitops.engine import modules
from gitops.engine.environment import FORK_SERVER, for_worker, with_bytecode
from gitops.engine.forks import STDERR, ForkServer, Started, is_possible, spawn
from gitops.engine.job import Job
from gitops.files import write_text
from gitops.records import RunError, RunRecord, Status

GRACE_SECONDS = 15
"""How long an engine that was interrupted may take to finish its current operation and free its lock."""
INSIST_SECONDS = 5
"""After how long an engine is interrupted again, which makes it stop at once: a program that hangs answers no first
interrupt. Two that follow each other sooner can reach it as one, as the kernel and Go merge pending signals."""

OnDone = Callable[[RunRecord], None]


class Pool:
    """At most `workers` jobs at a time. Use `run`; leaving it by any exception ends every worker.

    `learned` is a folder for what one run tells the next: the SDK modules that each stack's program imports, and how
    long a job of each target took. `seconds` is how long all jobs of each target took together, `imports` what the
    programs of all stacks that were warmed up are known to import.
    """

    def __init__(self, workers: int, learned: Path | None = None) -> None:
        self.workers = max(1, workers)
        self.learned = learned
        self.running: set[Started] = set()
        self.lock = threading.Lock()
        self.stopped = False
        self.server: ForkServer | None = None
        self.imports: frozenset[str] = frozenset()
        self.loaded: frozenset[str] = frozenset()
        self.waiting = 0
        self.seconds: dict[str, float] = {}
        self.last_seconds = read_durations(learned / "seconds.json") if learned else {}

    def warm_up(self, stacks: Collection[str]) -> None:
        """Starts to import the modules that the programs will import, and does not wait: call it early.

        It begins with the modules of the longest job's stack, because that job runs first. The modules of the other
        jobs are imported before these start, while others run.
        """
        with self.lock:
            if self.server is None and not self.stopped and is_possible():
                self.server = ForkServer.around(os.environ) or start_fork_server()
            self.imports |= frozenset().union(*map(self.recall, stacks))
            if stacks:
                self.load(self.recall(max(sorted(stacks), key=self.longest)))

    def longest(self, stack: str) -> float:
        """Seconds that the longest of a stack's jobs took the last time."""
        return max((took for target, took in self.last_seconds.items() if target.startswith(f"{stack}/")), default=0)

    def recall(self, stack: str) -> frozenset[str]:
        """The modules that the stack's program imported before."""
        return modules.read(self.learned / "modules" / f"{stack}.json") if self.learned else frozenset()

    def load(self, names: frozenset[str]) -> None:
        """Makes the fork server import missing modules; the caller holds the lock."""
        if self.server and names - self.loaded:
            self.loaded |= names
            try:
                self.server.load(names)
            except OSError:
                self.give_up_forking()

    def give_up_forking(self) -> None:
        if self.server:
            self.server.close()
        self.server = None

    def run(self, jobs: Sequence[Job], on_done: OnDone = lambda record: None) -> tuple[RunRecord, ...]:
        """The record of every job, in the order of `jobs`. A job that fails yields a failed record, no exception."""
        self.waiting = len(jobs)
        # the longest first: one that begins last would leave the other workers without work
        last = [self.last_seconds.get(job.target, 0) for job in jobs]
        with ThreadPoolExecutor(self.workers) as threads:
            futures = {
                index: threads.submit(self.run_one, jobs[index], on_done)
                for index in sorted(range(len(jobs)), key=lambda index: -last[index])
            }
            try:
                records = tuple(futures[index].result() for index in range(len(jobs)))
            except BaseException:
                self.stop()
                for future in futures.values():
                    future.cancel()
                raise
        if self.learned:
            write_durations(self.learned / "seconds.json", self.last_seconds)
        return records

    def run_one(self, job: Job, on_done: OnDone) -> RunRecord:
        with tempfile.TemporaryDirectory(prefix="gitops-job-") as name:
            folder, began = Path(name), time.monotonic()
            (folder / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
            with (folder / "log").open("wb") as log:
                process = self.start(job, folder, log.fileno())
            try:
                process.wait(timeout=job.seconds + GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                end([process])
            finally:
                with self.lock:
                    self.running.discard(process)
            record = self.read(job, folder, process)
            self.learn(job, modules.choose(modules.read(folder / "modules.json"), {step.type for step in record.steps}))
        with self.lock:
            self.last_seconds[job.target] = took = time.monotonic() - began
            self.seconds[job.target] = self.seconds.get(job.target, 0) + took
        on_done(record)
        return record

    def start(self, job: Job, folder: Path, log: int) -> Started:
        with self.lock:
            self.waiting -= 1
            if self.stopped:
                raise InterruptedError("stopped before the job began")
            self.load(self.recall(job.stack))
            files = (str(folder / "job.json"), str(folder / "record.json"))
            server = {FORK_SERVER: str(self.server.address)} if self.server else {}
            process = self.start_module("gitops.engine.worker", files, for_worker(job, os.environ) | server, log, log)
            self.running.add(process)
        return process

    def start_clouds(self, module: str, arguments: Sequence[str], stdout: int) -> Started:
        """A server of rehearsal clouds, which ends when its standard input is closed."""
        with self.lock:
            return self.start_module(module, arguments, with_bytecode(os.environ), stdout, STDERR)

    def start_module(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> Started:
        """A process that runs the Python module, forked or started anew; the caller holds the lock."""
        if self.server:
            try:
                return self.server.fork(module, arguments, environment, stdout, stderr)
            except OSError:
                self.give_up_forking()
        return spawn(module, arguments, environment, stdout, stderr)

    def learn(self, job: Job, names: frozenset[str]) -> None:
        """Adds the modules to the stack's list, and imports them for the waiting jobs."""
        if self.learned and names - (known := self.recall(job.stack)):
            modules.write(self.learned / "modules" / f"{job.stack}.json", known | names)
        with self.lock:
            if self.waiting:
                self.load(names)

    def read(self, job: Job, folder: Path, process: Started) -> RunRecord:
        try:
            return RunRecord.model_validate_json((folder / "record.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            write_text(folder / "probe", "0" * 4096)  # where there is no room, that is why there is no record
            tail = (folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
            message = f"the worker ended with code {process.returncode} and left no record: {' '.join(tail)}"
            return RunRecord(
                stack=job.stack,
                environment=job.environment,
                operation=job.operation,
                rehearsal=job.rehearsal,
                status=Status.FAILED,
                error=RunError(kind="engine", message=message),
            )

    def stop(self) -> None:
        """Ends every running worker: interrupted first, so that an engine frees its lock, then killed."""
        with self.lock:
            self.stopped = True
            self.give_up_forking()
            processes = list(self.running)
        end(processes)


def start_fork_server() -> ForkServer | None:
    """A fork server; none where it cannot listen: a socket's address has 107 bytes at most, and TMPDIR may be long."""
    try:
        return ForkServer.start()
    except OSError:
        return None


def end(processes: Sequence[Started]) -> None:
    """Interrupts the processes' groups until all have ended, and kills them when their grace is over."""
    over = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < over and processes:
        for process in processes:
            signal_group(process, signal.SIGINT)
        insist = time.monotonic() + INSIST_SECONDS
        processes = [process for process in processes if not has_ended(process, insist - time.monotonic())]
    for process in processes:
        signal_group(process, signal.SIGKILL)
        process.wait()


def has_ended(process: Started, within: float) -> bool:
    """Whether the process ends within that time; afterwards the rest of its group is killed."""
    try:
        process.wait(timeout=max(0, within))
    except subprocess.TimeoutExpired:
        return False
    signal_group(process, signal.SIGKILL)
    return True


def signal_group(process: Started, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
