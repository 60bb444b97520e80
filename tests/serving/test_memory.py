"""The worker's memory does not grow with the number of requests."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from serving.loadtest.client import Tally, closed_loop, request_bytes
from tests.serving import running
from tests.serving.conftest import Artefacts, Reference
from tests.serving.running import Server

WARM_UP, MEASURED, ROUNDS = 3_000, 50_000, 5
ALLOWED_KIB = 4 * 1024


def _load(server: Server, body: bytes, requests: int) -> Tally:
    request = request_bytes("/invocations", body)
    return asyncio.run(
        closed_loop(
            "127.0.0.1", server.port, request, connections=8, go_on=lambda tally: len(tally.latencies) < requests
        )
    )


def _resident_kib(server: Server) -> int:
    worker = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()[0]
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())
    assert found
    return int(found[1])


def test_memory_stays_flat_over_50_000_requests(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path
) -> None:
    with running.app(app_python, artefacts.folder, tmp_path / "log") as server:
        _load(server, reference.bodies()[0], WARM_UP)
        before = _resident_kib(server)
        rounds = [_load(server, reference.bodies()[0], MEASURED // ROUNDS) for _ in range(ROUNDS)]
        after = _resident_kib(server)

    assert all(not tally.failures and set(tally.statuses) == {200} for tally in rounds)
    assert sum(tally.statuses[200] for tally in rounds) >= MEASURED
    assert after - before < ALLOWED_KIB, f"{before} KiB before, {after} KiB after"
