"""Running jobs side by side, each in a worker process that cannot outlive this one.

Every worker leads a process group of its own, so that its engine ends with it, and reads this process's pipe: when
the pipe closes, however this process died, the worker interrupts its group.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from gitops.engine.environment import for_worker
from gitops.engine.job import Job
from gitops.files import write_text
from gitops.records import RunError, RunRecord, Status

GRACE_SECONDS = 15
"""How long an engine that was interrupted may take to finish its current operation and free its lock."""

OnDone = Callable[[RunRecord], None]


class Pool:
    """At most `workers` jobs at a time. Use `run`; leaving it by any exception ends every worker."""

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self.running: set[subprocess.Popen[bytes]] = set()
        self.lock = threading.Lock()
        self.stopped = False

    def run(self, jobs: Sequence[Job], on_done: OnDone = lambda record: None) -> tuple[RunRecord, ...]:
        """The record of every job, in the order of `jobs`. A job that fails yields a failed record, no exception."""
        with ThreadPoolExecutor(self.workers) as threads:
            futures = [threads.submit(self.run_one, job, on_done) for job in jobs]
            try:
                return tuple(future.result() for future in futures)
            except BaseException:
                self.stop()
                for future in futures:
                    future.cancel()
                raise

    def run_one(self, job: Job, on_done: OnDone) -> RunRecord:
        with tempfile.TemporaryDirectory(prefix="gitops-job-") as name:
            folder = Path(name)
            (folder / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
            with (folder / "log").open("wb") as log:
                process = self.start(job, folder, log.fileno())
            try:
                process.wait(timeout=job.seconds + GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                end(process)
            finally:
                with self.lock:
                    self.running.discard(process)
            record = self.read(job, folder, process)
        on_done(record)
        return record

    def start(self, job: Job, folder: Path, log: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gitops.engine.worker", str(folder / "job.json"), str(folder / "record.json")]
        with self.lock:
            if self.stopped:
                raise InterruptedError("stopped before the job began")
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=for_worker(job, os.environ),
                start_new_session=True,
            )
            self.running.add(process)
        return process

    def read(self, job: Job, folder: Path, process: subprocess.Popen[bytes]) -> RunRecord:
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
                reason=job.reason,
                status=Status.FAILED,
                error=RunError(kind="engine", message=message),
            )

    def stop(self) -> None:
        """Ends every running worker: interrupted first, so that an engine frees its lock, then killed."""
        with self.lock:
            self.stopped = True
            processes = list(self.running)
        for process in processes:
            signal_group(process, signal.SIGINT)
        for process in processes:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    signal_group(process, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
