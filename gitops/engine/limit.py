"""A time limit of one engine run, inside its worker."""

from __future__ import annotations

import os
import signal
from types import FrameType

INSIST_SECONDS = 5


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
