"""Wall time, and the peak of the memory of a command with all its children, sampled twice a second."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from gitops.engine.environment import with_bytecode


@dataclass(frozen=True)
class Measured:
    """`seconds` of wall time; `megabytes` of memory, a page that several processes share counted in parts (PSS)."""

    seconds: float
    megabytes: float


def measure(work: Callable[[], object]) -> Measured:
    """Runs `work`, which starts children of this process, and measures them."""
    peak, done = 0, threading.Event()

    def sample() -> None:
        nonlocal peak
        while not done.wait(0.5):  # the kernel adds up each process's pages for this
            peak = max(peak, resident())

    sampler = threading.Thread(target=sample)
    sampler.start()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    done.set()
    sampler.join()
    return Measured(seconds, peak / 1e6)


def command(arguments: list[str], cwd: Path, **environment: str) -> None:
    """Runs a command whose exit code 1 means findings; anything above is a failure of the benchmark."""
    # both sides keep their bytecode, or the floor would compile the SDKs in every run and look slow
    variables = with_bytecode(os.environ) | environment
    result = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, env=variables)
    if result.returncode > 1:
        raise RuntimeError(f"{' '.join(arguments)}: {result.stderr[-2000:]}")


def resident() -> int:
    """Bytes of this process and of every living descendant."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total
