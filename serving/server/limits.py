"""Limits that keep a worker from being overloaded: requests in flight, the body's size and the time to send it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from serving.contract import MAX_BODY_BYTES, BadRequest, check_size


class Overloaded(Exception):
    """As many requests are in flight as the worker admits."""


class Admission:
    """Counts requests in flight; the event loop is the only caller, so a plain number is enough."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Hold one place. Raises `Overloaded` where all are taken: come back, nothing was read or computed."""
        if self.in_flight >= self.limit:
            raise Overloaded
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1


async def read_body(request: Request, seconds: float) -> bytes:
    """The request's body. Raises `BadRequest`: 413 as soon as the announced or received size passes the limit, 408
    after `seconds`."""
    announced = request.headers.get("content-length", "0")
    check_size(int(announced) if announced.isdecimal() else MAX_BODY_BYTES + 1)
    chunks = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                chunks += chunk
                check_size(len(chunks))
    except TimeoutError:
        raise BadRequest("body", f"not received within {seconds:g} s", status=408) from None
    return bytes(chunks)
