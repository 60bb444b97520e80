"""The load test counts what was not answered, measures waiting, and derives its targets as its page says."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from serving import environments
from serving.loadtest.client import Connection, Tally, closed_loop, open_loop, request_bytes
from serving.loadtest.report import render
from serving.loadtest.results import from_json
from serving.loadtest.targets import (
    PROVISIONED_UTILISATION,
    REQUESTS_PER_ENVIRONMENT,
    Level,
    concurrency,
    per_minute,
    sustainable,
)
from tests.stacks.configs import TARGETS, config

RESULTS = environments.ROOT / "serving/loadtest.json"
REQUEST = request_bytes("/", b"{}")


@contextmanager
def _server(delay: float = 0.0, drop_every: int = 0) -> Iterator[int]:
    """A server that answers one request at a time after `delay` seconds and drops every n-th connection unanswered."""
    seen = iter(range(1, 1_000_000))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(delay)
            if drop_every and next(seen) % drop_every == 0:
                return
            self.send_response(200)
            self.send_header("Connection", "close")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_request_without_an_answer_is_counted_and_not_repeated() -> None:
    with _server(drop_every=5) as port:
        tally = asyncio.run(
            closed_loop("127.0.0.1", port, REQUEST, 1, lambda t: len(t.latencies) + len(t.failures) < 50)
        )
    assert (tally.statuses[200], len(tally.failures)) == (40, 10)


def test_a_server_that_is_not_there_is_a_failure() -> None:
    with _server() as port:
        pass
    tally = asyncio.run(closed_loop("127.0.0.1", port, REQUEST, 1, lambda t: len(t.failures) < 3))
    assert tally.statuses == {}
    assert "ConnectionRefusedError" in tally.failures[0]


def test_open_loop_latency_includes_the_wait_for_a_busy_server() -> None:
    with _server(delay=0.05) as port:  # 20 requests/s at most, 60 offered
        tally = asyncio.run(open_loop("127.0.0.1", port, REQUEST, rate=60, seconds=1.0, connections=64))
    assert tally.failures == []
    assert tally.percentile(99) > 0.5
    assert tally.throughput < 25


@pytest.mark.parametrize("host", ["10.0.0.1", "example.com", "0.0.0.0", "localhost"])  # noqa: S104
def test_only_loopback_is_loaded(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Connection(host, 80)


def test_percentiles_are_by_nearest_rank() -> None:
    tally = Tally(latencies=[float(n) for n in range(100, 0, -1)])
    assert [tally.percentile(p) for p in (1, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert Tally(latencies=[7.0]).percentile(50) == 7.0


def test_the_sustainable_level_is_the_fastest_within_the_latency_limit() -> None:
    levels = [Level(1, 500, 0.001, 0.002, 0.01), Level(8, 900, 0.01, 0.05, 0.09), Level(64, 1000, 0.06, 0.1, 0.2)]
    assert sustainable(levels).concurrency == 8
    with pytest.raises(ValueError, match="quieter machine"):
        sustainable(levels[2:])


def test_targets_follow_the_formula() -> None:
    assert per_minute(1000, 2) == 60_000
    assert per_minute(1234.5, 1) == 37_000
    assert per_minute(0.1, 1) == 3
    assert concurrency(100, 0.2) == 29, "by how long they take"
    assert concurrency(100, 0.0004) == 15, "by Lambda's ten a second each"
    assert concurrency(70, 0.1, 0.7) == 10


def test_the_page_is_what_the_results_say() -> None:
    page = (environments.ROOT / "docs/load-test.md").read_text()
    results = from_json(RESULTS.read_text())
    assert page == render(results)
    assert f"{sustainable(results.closed).throughput:,.0f} requests/s" in page
    assert from_json(results.to_json()) == results


def _vcpus(stack: dict[str, Any]) -> float:
    """vCPUs of one copy, from the stack's own words: Fargate's CPU units or the instance type's size."""
    sizes = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}
    blocks = [block for block in stack.values() if isinstance(block, dict)]
    for block in blocks:
        if "instance_type" in block:
            return sizes[block["instance_type"].rsplit(".", 1)[1]]
    return next(block["cpu"] for block in blocks if "memory_mb" in block and "cpu" in block) / 1024


@pytest.mark.parametrize("target", TARGETS)
def test_no_stack_promises_more_than_was_measured(target: str) -> None:
    results = from_json(RESULTS.read_text())
    stack = config(target)
    scaling = next(value for key, value in stack.items() if key.endswith(":scaling"))
    if target.startswith("lambda_api/"):
        assert 0 < scaling["target"] <= 60 * REQUESTS_PER_ENVIRONMENT * PROVISIONED_UTILISATION
        assert all(each <= 100 * PROVISIONED_UTILISATION for each in scaling.get("also", {}).values())
    elif scaling["metric"] == "requests_per_minute":
        levels = results.azureml if target.startswith("azureml_endpoint/") else results.closed
        assert 0 < scaling["target"] <= per_minute(sustainable(levels).throughput, _vcpus(stack))
    else:
        assert 0 < scaling["target"] <= 100 * PROVISIONED_UTILISATION
