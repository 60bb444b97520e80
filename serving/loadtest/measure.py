"""The measurements: the app under closed and open loops, Azure ML's server, the Lambda handler cold and warm."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from serving.emulators import lambda_runtime
from serving.emulators.process import free_port, listening
from serving.environments import APP, AZUREML, LAMBDA, ROOT
from serving.loadtest.client import Tally, closed_loop, open_loop, request_bytes
from serving.loadtest.results import LambdaTimes, OpenLevel
from serving.loadtest.targets import Level, sustainable

HOST = "127.0.0.1"
CONCURRENCY = (1, 2, 4, 8, 16, 32, 64)
SHARES = (0.3, 0.5, 0.7, 0.9)
SECONDS = 3.0
OPEN_CONNECTIONS = 128
BATCH = 32
COLD_STARTS = 5
WARM_CALLS = 500
HANDLER = "serving.adapters.aws_lambda.handler"


@dataclass(frozen=True, slots=True)
class AppMeasured:
    closed: list[Level]
    opened: list[OpenLevel]
    batch: float
    worker_resident: int
    client_cpu: float


def measure_app(model_dir: Path, body: bytes, batch_body: bytes, scratch: Path) -> AppMeasured:
    """One worker on one core, the client on another where there is one."""
    port = free_port()
    environment = {"MODEL_DIR": str(model_dir), "PORT": str(port), "WORKERS": "1", "MAX_CONCURRENCY": "256"}
    environment |= {"DRAIN_ANNOUNCE_SECONDS": "0", "LOG_LEVEL": "INFO"}
    server_cores, client_cores = _split_cores()
    command = [*_on(server_cores), str(APP.python), "-m", "serving"]
    with listening(command, environment, port, "/ping", scratch / "app.log", ROOT) as process, _pin(client_cores):
        request = request_bytes("/invocations", body)
        _measure_closed(port, request, 8, 1.0)  # warm up
        cpu, wall = time.process_time(), time.perf_counter()
        closed = [_level(_measure_closed(port, request, n, SECONDS), n) for n in CONCURRENCY]
        client_cpu = (time.process_time() - cpu) / (time.perf_counter() - wall)
        best = sustainable(closed).throughput
        opened = [_measure_open(port, request, share, share * best) for share in SHARES]
        batch = _measure_closed(port, request_bytes("/invocations", batch_body), 8, SECONDS).throughput * BATCH
        return AppMeasured(closed, opened, batch, worker_resident(process.pid), client_cpu)


def measure_azureml(model_dir: Path, code_zip: Path, body: bytes, scratch: Path) -> list[Level]:
    """Azure ML's own server with one worker on one core."""
    port, code = free_port(), scratch / "azureml"
    zipfile.ZipFile(code_zip).extractall(code)
    server_cores, client_cores = _split_cores()
    command = [*_on(server_cores), str(AZUREML.python.with_name("azmlinfsrv"))]
    command += ["--entry_script", str(code / "score.py"), "--port", str(port)]
    environment = {"AZUREML_MODEL_DIR": str(model_dir), "AML_APP_ROOT": str(code)}
    with listening(command, environment, port, "/", scratch / "azureml.log", scratch), _pin(client_cores):
        request = request_bytes("/score", body)
        _measure_closed(port, request, 1, 1.0)
        return [_level(_measure_closed(port, request, n, SECONDS), n) for n in (1, 4)]


def measure_lambda(function_zip: Path, model_dir: Path, event: Any, scratch: Path) -> LambdaTimes:
    """The deployed archive under Lambda's bootstrap, on any core."""
    code, settings = scratch / "function", {"MODEL_DIR": str(model_dir), "LOG_LEVEL": "ERROR"}
    log = scratch / "function.log"
    zipfile.ZipFile(function_zip).extractall(code)
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(COLD_STARTS):
        with lambda_runtime.function(LAMBDA.python, code, HANDLER, settings, log) as function:
            cold.append(function.init_seconds)
            warm += [_time(function, event) for _ in range(WARM_CALLS // COLD_STARTS)][1:]
    uncompiled = []
    for _ in range(COLD_STARTS):
        with tempfile.TemporaryDirectory() as empty:
            variables = {**settings, "PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"}
            with lambda_runtime.function(LAMBDA.python, code, HANDLER, variables, log) as function:
                uncompiled.append(function.init_seconds)
    return LambdaTimes(cold, uncompiled, *_percentiles(Tally(latencies=warm)))


def _time(function: lambda_runtime.Function, event: Any) -> float:
    started = time.perf_counter()
    status = function.invoke(event)["statusCode"]
    assert status == 200, status
    return time.perf_counter() - started


def _measure_closed(port: int, request: bytes, connections: int, seconds: float) -> Tally:
    end = time.perf_counter() + seconds
    tally = asyncio.run(closed_loop(HOST, port, request, connections, lambda _: time.perf_counter() < end))
    if tally.failures or set(tally.statuses) != {200}:
        raise RuntimeError(f"{connections} connections: {dict(tally.statuses)}, failures {tally.failures[:3]}")
    return tally


def _measure_open(port: int, request: bytes, share: float, rate: float) -> OpenLevel:
    tally = asyncio.run(open_loop(HOST, port, request, rate, SECONDS, OPEN_CONNECTIONS))
    failed = len(tally.failures) + sum(n for status, n in tally.statuses.items() if status != 200)
    return OpenLevel(share, rate, tally.throughput, *_percentiles(tally), failed)


def _level(tally: Tally, connections: int) -> Level:
    return Level(connections, tally.throughput, *_percentiles(tally))


def _percentiles(tally: Tally) -> tuple[float, float, float]:
    return tally.percentile(50), tally.percentile(95), tally.percentile(99)


def _split_cores() -> tuple[set[int], set[int]]:
    """One core for the server, the others for the client; the same one when there is no other."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, set(cores[1:]) or {cores[0]}


def _on(cores: set[int]) -> list[str]:
    return ["taskset", "--cpu-list", ",".join(map(str, sorted(cores)))]


@contextmanager
def _pin(cores: set[int]) -> Iterator[None]:
    """Keep this process on `cores` while the block runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def worker_resident(supervisor: int) -> int:
    """Bytes of resident memory of the server's one worker."""
    (worker,) = psutil.Process(supervisor).children()
    return worker.memory_info().rss
