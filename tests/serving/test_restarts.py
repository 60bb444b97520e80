"""Restarts lose no request: workers replaced under load, and a whole server that is told to end."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from serving.loadtest.client import Tally, closed_loop, request_bytes
from tests.serving import running
from tests.serving.conftest import Artefacts, Reference


@pytest.mark.slow("workers start and end, under load")
@pytest.mark.parametrize("restarts", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_workers_ended_by_sigterm_under_load_lose_nothing(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path, restarts: int
) -> None:
    stop = threading.Event()
    with running.app(app_python, artefacts.folder, tmp_path / "log", LOG_LEVEL="INFO") as server:

        def load() -> Tally:
            request = request_bytes("/invocations", reference.bodies()[0])
            return asyncio.run(
                closed_loop("127.0.0.1", server.port, request, connections=8, go_on=lambda _: not stop.is_set())
            )

        with ThreadPoolExecutor(1) as pool:
            loading = pool.submit(load)
            for number in range(1, restarts + 1):
                server.process.send_signal(signal.SIGHUP)  # the supervisor ends the worker with SIGTERM
                server.wait_for("Finished server process", number)
            stop.set()
            tally = loading.result()
        workers = set(server.messages("Started server process"))

    assert tally.failures == []
    assert set(tally.statuses) == {200}
    assert tally.statuses[200] > 50 * restarts
    assert len(workers) == restarts + 1


def test_a_dying_worker_is_replaced(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path
) -> None:
    with running.app(app_python, artefacts.folder, tmp_path / "log") as server:
        (worker,) = psutil.Process(server.process.pid).children()
        worker.kill()
        server.wait_for("Started server process", 2)
        assert server.predict(reference.bodies()[0]).status == 200


def test_a_worker_stays_when_its_successor_cannot_start(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    model = Path(shutil.copy(artefacts.folder / "model.onnx", tmp_path / "model"))
    with running.app(app_python, model.parent, tmp_path / "log") as server:
        model.write_bytes(b"a broken release")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("kept the old worker")
        assert server.predict(reference.bodies()[0]).status == 200


def test_workers_do_not_outlive_a_supervisor_that_is_killed(
    app_python: Path, artefacts: Artefacts, tmp_path: Path
) -> None:
    with running.app(app_python, artefacts.folder, tmp_path / "log") as server:
        server.process.kill()
        server.wait_for("Finished server process")
        with pytest.raises(OSError, match="refused"):
            server.send("GET", "/health")


def test_sigterm_announces_then_answers_what_is_in_flight_then_ends(
    app_python: Path, artefacts: Artefacts, reference: Reference, tmp_path: Path
) -> None:
    request = request_bytes("/invocations", reference.bodies()[0])
    with running.app(app_python, artefacts.folder, tmp_path / "log", DRAIN_ANNOUNCE_SECONDS="1.5") as server:
        in_flight = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        in_flight.sendall(request[:-10])
        server.process.terminate()
        server.wait_for("draining", 1)
        while server.send("GET", "/ready").status == 200:
            time.sleep(0.02)

        announced = server.predict(reference.bodies()[0])  # a load balancer that has not noticed yet
        server.wait_for("Shutting down", 1)
        in_flight.sendall(request[-10:])
        answer = running.receive(in_flight)

        assert server.process.wait(30) == 0
    assert (announced.status, announced.headers["connection"]) == (200, "close")
    assert (answer.status, answer.headers["connection"]) == (200, "close")
