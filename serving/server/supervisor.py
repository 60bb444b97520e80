"""The parent process: owns the listening socket, keeps the workers alive, replaces them without losing a request.

SIGTERM and SIGINT end everything gracefully. SIGHUP replaces the workers one after another: the successor serves
before the predecessor is told to leave. A worker that dies is replaced; one that cannot start ends the server.
"""

from __future__ import annotations

import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from serving.server.settings import Settings

log = logging.getLogger("serving.supervisor")
START_SECONDS = 60


class WorkerFailed(RuntimeError):
    """A worker ended before it was ready; its own log says why."""


@dataclass(frozen=True)
class Supervisor:
    settings: Settings
    listener: socket.socket

    def run(self) -> None:
        """Serve until told to end. Raises `WorkerFailed` where a worker could not start."""
        wakeup, signals = _signal_pipe()
        workers: list[subprocess.Popen[bytes]] = []
        try:
            workers.extend(self._start() for _ in range(self.settings.workers))
            log.info("serving", extra={"address": self.listener.getsockname()[:2], "workers": len(workers)})
            while True:
                select.select([wakeup], [], [], 1.0)
                received = signals()
                if signal.SIGTERM in received or signal.SIGINT in received:
                    self._announce(workers, signal.SIGTERM in received)
                    return
                for index, worker in enumerate(workers):
                    if signal.SIGHUP in received or worker.poll() is not None:
                        workers[index] = self._replace(worker)
        finally:
            self._stop(workers)

    def _start(self) -> subprocess.Popen[bytes]:
        """A worker that is ready for its first request."""
        ready, ready_for_worker = os.pipe()
        listener = self.listener.fileno()
        worker = subprocess.Popen(
            [sys.executable, "-m", "serving", "worker", str(listener), str(ready_for_worker)],
            pass_fds=(listener, ready_for_worker),
        )
        os.close(ready_for_worker)
        readable, _, _ = select.select([ready], [], [], START_SECONDS)
        is_ready = bool(readable and os.read(ready, 1))
        os.close(ready)
        if not is_ready:
            worker.kill()
            raise WorkerFailed(f"worker {worker.pid} ended before it was ready (exit code {worker.wait()})")
        return worker

    def _replace(self, worker: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """The successor of `worker`, or `worker` itself when it still serves and its successor cannot start."""
        try:
            successor = self._start()
        except WorkerFailed as failure:
            if worker.poll() is not None:
                raise
            log.error("kept the old worker", extra={"reason": str(failure)})
            return worker
        self._stop([worker])
        return successor

    def _announce(self, workers: list[subprocess.Popen[bytes]], wait: bool) -> None:
        for worker in workers:
            worker.send_signal(signal.SIGUSR1)
        log.info("draining", extra={"announced_seconds": self.settings.drain_announce if wait else 0})
        if wait:
            time.sleep(self.settings.drain_announce)

    def _stop(self, workers: list[subprocess.Popen[bytes]]) -> None:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            try:
                worker.wait(self.settings.drain + 5)
            except subprocess.TimeoutExpired:
                log.warning("worker did not end, killed", extra={"worker": worker.pid})
                worker.kill()
                worker.wait()
            _forget_metrics(worker.pid)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that workers may inherit. Raises OSError: the address is taken or not this machine's."""
    try:
        listener = socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise OSError(error.errno, f"HOST={host} PORT={port}: cannot listen: {error.strerror}") from error
    listener.set_inheritable(True)
    return listener


def metrics_directory() -> Path:
    """A new folder for the workers' shared metrics, in memory where the root file system may be read-only."""
    shared_memory = Path("/dev/shm")  # noqa: S108 (the folder made in it is for this process alone)
    return Path(tempfile.mkdtemp(prefix="serving-metrics-", dir=shared_memory if shared_memory.is_dir() else None))


def remove_metrics(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)


def _forget_metrics(pid: int) -> None:
    """Drop an ended worker's gauges; its counters stay, as sums must not fall (prometheus_client's file names)."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob(f"gauge_live*_{pid}.db"):
        file.unlink(missing_ok=True)


def _signal_pipe() -> tuple[int, Callable[[], set[int]]]:
    """A pipe that becomes readable when a signal arrives, and a function that takes the signals received so far."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)

    def read_signals() -> set[int]:
        try:
            return set(os.read(reading, 4096))
        except BlockingIOError:
            return set()

    return reading, read_signals
