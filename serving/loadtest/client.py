"""A bounded load on one loopback address, with every request that was not answered counted, never repeated."""

from __future__ import annotations

import asyncio
import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
MAX_SECONDS = 120


@dataclass
class Tally:
    """`latencies` are seconds of answered requests; `failures` says what became of those without an answer."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency in seconds that `percent` of the answers did not exceed (nearest rank)."""
        ranked = sorted(self.latencies)
        return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def request_bytes(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One keep-alive connection that is opened when needed and closed when the server says so."""

    def __init__(self, host: str, port: int) -> None:
        if not host.startswith("127."):
            raise ValueError(f"host: expected a loopback address (127.x.x.x), found {host!r}")
        self._address = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> int:
        """The status of the answer, which is read whole. Raises OSError or EOFError: no (complete) answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        if _CLOSE.search(head):
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def closed_loop(host: str, port: int, request: bytes, connections: int, go_on: Callable[[Tally], bool]) -> Tally:
    """Each connection sends its next request when it has the last answer, as long as `go_on` (at most 120 s)."""
    tally = Tally()
    started = time.perf_counter()

    async def client() -> None:
        connection = Connection(host, port)
        while go_on(tally) and time.perf_counter() - started < MAX_SECONDS:
            await _count(tally, connection, request, time.perf_counter())
        connection.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    tally.seconds = time.perf_counter() - started
    return tally


async def open_loop(host: str, port: int, request: bytes, rate: float, seconds: float, connections: int) -> Tally:
    """Requests arrive at random moments, `rate` per second on average, whether or not earlier ones are answered.

    Latency counts from the moment of arrival: waiting for a free connection is part of it, so that a stalled server
    cannot hide behind clients that wait (https://www.scylladb.com/2021/04/22/on-coordinated-omission/).
    """
    tally = Tally()
    arrived: asyncio.Queue[float | None] = asyncio.Queue()

    async def client() -> None:
        connection = Connection(host, port)
        while (arrival := await arrived.get()) is not None:
            await _count(tally, connection, request, arrival)
        connection.close()

    clients = [asyncio.create_task(client()) for _ in range(connections)]
    started = time.perf_counter()
    for offset in _arrivals(rate, min(seconds, MAX_SECONDS)):
        await asyncio.sleep(max(0.0, started + offset - time.perf_counter()))
        arrived.put_nowait(started + offset)
    for _ in clients:
        arrived.put_nowait(None)
    await asyncio.gather(*clients)
    tally.seconds = time.perf_counter() - started
    return tally


def _arrivals(rate: float, seconds: float) -> Iterator[float]:
    gaps = random.Random(0)  # noqa: S311 (the same arrivals in every run)
    offset = gaps.expovariate(rate)
    while offset < seconds:
        yield offset
        offset += gaps.expovariate(rate)


async def _count(tally: Tally, connection: Connection, request: bytes, since: float) -> None:
    try:
        status = await connection.send(request)
    except (OSError, EOFError) as error:
        tally.failures.append(f"{type(error).__name__}: {error}")
        connection.close()
        return
    tally.statuses[status] += 1
    tally.latencies.append(time.perf_counter() - since)
