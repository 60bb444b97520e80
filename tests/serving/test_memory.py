"""The worker's memory does not grow with the number of requests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from serving.loadtest.client import Tally, closed_loop, request_bytes
from serving.loadtest.measure import worker_resident
from tests.serving import running
from tests.serving.conftest import Artefacts, Reference
from tests.serving.running import Server

WARM_UP, ROUNDS = 3_000, 5
ALLOWED_BYTES = 4 << 20


def _load(server: Server, body: bytes, requests: int) -> Tally:
    request = request_bytes("/invocations", body)
    return asyncio.run(
        closed_loop(
            "127.0.0.1", server.port, request, connections=8, go_on=lambda tally: len(tally.latencies) < requests
        )
    )


@pytest.mark.slow("a leak shows only over thousands of requests")
@pytest.mark.parametrize("measured", [10_000, pytest.param(50_000, marks=pytest.mark.soak)])
def test_memory_stays_flat_over_many_requests(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path, measured: int
) -> None:
    with running.app(app_python, artefacts.folder, tmp_path / "log") as server:
        _load(server, reference.bodies()[0], WARM_UP)
        before = worker_resident(server.process.pid)
        rounds = [_load(server, reference.bodies()[0], measured // ROUNDS) for _ in range(ROUNDS)]
        after = worker_resident(server.process.pid)

    assert all(not tally.failures and set(tally.statuses) == {200} for tally in rounds)
    assert sum(tally.statuses[200] for tally in rounds) >= measured
    assert after - before < ALLOWED_BYTES, f"{before} bytes before, {after} bytes after"
