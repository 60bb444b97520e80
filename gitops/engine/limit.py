"""When a worker and its engine end: at the time limit and with the parent process, but not at Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

from gitops.engine.pool import GRACE_SECONDS, INSIST_SECONDS


class TimeLimit:
    """Interrupts the engine, this process's only child, when the time is up: an interrupted engine frees its lock.

    A second interrupt makes it stop at once; it is due when the program hangs, because then nothing answers the first.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False

    def __enter__(self) -> TimeLimit:
        signal.signal(signal.SIGALRM, self.expire)
        signal.setitimer(signal.ITIMER_REAL, self.seconds, INSIST_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def expire(self, _signal: int, _frame: FrameType | None) -> None:
        self.passed = True
        os.killpg(0, signal.SIGINT)


def outlive_interrupts() -> None:
    """Leaves Ctrl-C to the engine: this process waits for the engine to end, and then reports the result."""
    signal.signal(signal.SIGINT, lambda *_: None)


def end_with_parent() -> None:
    """Interrupts this process's group until it ends when the parent's pipe closes, and kills it after its grace."""

    def watch() -> None:
        sys.stdin.buffer.read()
        for _ in range(GRACE_SECONDS // INSIST_SECONDS):
            os.killpg(0, signal.SIGINT)
            time.sleep(INSIST_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
