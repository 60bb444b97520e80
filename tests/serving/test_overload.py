"""Beyond its limits the app refuses at once and stays up: too many requests, too much body, too slow a sender."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.loadtest.client import closed_loop, request_bytes
from tests.serving import running
from tests.serving.conftest import Artefacts, Reference
from tests.serving.running import Server, receive

PLACES = 4


@pytest.fixture(scope="module")
def small_app(app_python: Path, artefacts: Artefacts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app with room for four requests, and two seconds of patience for a body."""
    log = tmp_path_factory.mktemp("small-app") / "log"
    settings = {"MAX_CONCURRENCY": str(PLACES), "BODY_TIMEOUT_SECONDS": "2"}
    with running.app(app_python, artefacts.folder, log, **settings) as server:
        yield server


def _start_sending(server: Server, request: bytes, held_back: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(request[:-held_back])
    return connection


def _wait_until_in_flight(server: Server, number: int) -> None:
    for _ in range(200):
        if f"inference_in_flight {number}.0" in server.send("GET", "/metrics").body.decode():
            return
    raise AssertionError(f"never {number} requests in flight")


def _count_refused(server: Server) -> float:
    """As the metrics have it; other tests ask the same server."""
    metrics = server.send("GET", "/metrics").body.decode()
    return sum(map(float, re.findall(r'^inference_refused_total\{reason="concurrency"\} (\S+)', metrics, re.MULTILINE)))


def test_the_fifth_request_is_refused_and_the_four_are_answered(small_app: Server, reference: Reference) -> None:
    request, before = request_bytes("/invocations", reference.bodies()[0]), _count_refused(small_app)
    senders = [_start_sending(small_app, request, 10) for _ in range(PLACES)]
    _wait_until_in_flight(small_app, PLACES)

    refused = small_app.predict(reference.bodies()[0])
    alive = small_app.send("GET", "/health")
    for sender in senders:
        sender.sendall(request[-10:])
    answers = [receive(sender) for sender in senders]

    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert refused.document["error"]["field"] == "concurrency"
    assert alive.status == 200
    assert [answer.status for answer in answers] == [200] * PLACES
    assert small_app.predict(reference.bodies()[0]).status == 200
    assert _count_refused(small_app) == before + 1


def test_a_flood_gets_answers_or_503_and_leaves_the_app_up(small_app: Server, reference: Reference) -> None:
    body = json.dumps({"instances": reference.instances * 2}).encode()
    tally = asyncio.run(
        closed_loop(
            "127.0.0.1",
            small_app.port,
            request_bytes("/invocations", body),
            connections=64,
            go_on=lambda tally: sum(tally.statuses.values()) < 1500,
        )
    )
    assert tally.failures == []
    assert set(tally.statuses) == {200, 503}
    assert small_app.predict(reference.bodies()[0]).status == 200
    assert small_app.process.poll() is None


def test_a_sender_that_stalls_is_let_go(small_app: Server, reference: Reference) -> None:
    with _start_sending(small_app, request_bytes("/invocations", reference.bodies()[0]), 10) as stalled:
        answer = receive(stalled)
    assert (answer.status, answer.document["error"]["field"]) == (408, "body")


def test_a_body_without_announced_size_is_cut_off_at_the_limit(small_app: Server) -> None:
    head = (
        b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", small_app.port), timeout=30) as sender:
        sender.sendall(head + chunk * 17)
        assert receive(sender).status == 413


def test_an_announced_size_over_the_limit_is_refused_before_it_is_sent(small_app: Server) -> None:
    head = (
        b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", small_app.port), timeout=30) as sender:
        sender.sendall(head)
        assert receive(sender).status == 413


def test_a_caller_who_leaves_frees_the_place(small_app: Server, reference: Reference) -> None:
    for _ in range(PLACES * 2):
        _start_sending(small_app, request_bytes("/invocations", reference.bodies()[0]), 10).close()
    _wait_until_in_flight(small_app, 0)
    assert small_app.predict(reference.bodies()[0]).status == 200
