"""checkov as a process of its own that judges the translated inventories, a round at a time."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from policies.examples import Raw
from serving.environments import Environment, ensure
from tests.bench.checkov.translation import write

ROUNDS = Path(__file__).with_name("rounds.py")
ENVIRONMENT = Environment("checkov", Path(__file__).parents[3] / "locks" / "checkov.txt")


@dataclass(frozen=True)
class Round:
    """One round over every file: `seconds` of processor time, and how many checks said what on how many resources."""

    seconds: float
    passed: int
    failed: int
    resources: int

    @property
    def checks(self) -> int:
        return self.passed + self.failed


class Checkov:
    """A started checkov. `start_seconds` is what starting Python and importing its checks took."""

    def __init__(self, process: subprocess.Popen[str], version: str, start_seconds: float) -> None:
        self._process = process
        self.version = version
        self.start_seconds = start_seconds

    def round(self) -> Round:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("round\n")
        self._process.stdin.flush()
        return Round(**json.loads(self._process.stdout.readline()))


@contextmanager
def running(inventories: Mapping[str, Raw]) -> Iterator[Checkov]:
    """Installs checkov's locked environment if need be, translates the inventories and starts it on them."""
    python = ensure(ENVIRONMENT)
    with tempfile.TemporaryDirectory(prefix="checkov-") as folder:
        write(inventories, Path(folder))
        begin = time.perf_counter()
        process = subprocess.Popen(
            [str(python), str(ROUNDS), folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout
            hello = json.loads(process.stdout.readline())
            yield Checkov(process, hello["version"], time.perf_counter() - begin)
        finally:
            process.terminate()
            process.communicate(timeout=30)
