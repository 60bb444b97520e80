"""A real server that stands where a deployed endpoint would, and remembers what reached it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")
NONE: Mapping[str, str] = MappingProxyType({})


class Endpoint:
    """`statuses` are the answers to come, the last one for good; `seen` what came to `url`, oldest first.

    It answers with the `bodies` to come, the last one for good; with `echo`, with the headers that it got. `headers`
    are the first answer's.
    """

    url: str

    def __init__(
        self, statuses: Iterable[int], bodies: Iterable[bytes], headers: Mapping[str, str], echo: bool
    ) -> None:
        self.echo = echo
        self.bodies = list(bodies)
        self.headers = dict(headers)
        self.statuses = list(statuses)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    def answer(self) -> tuple[int, bytes, dict[str, str]]:
        headers, self.headers = self.headers, {}
        return take_next(self.statuses), take_next(self.bodies), headers


def take_next(coming: list[T]) -> T:
    return coming.pop(0) if len(coming) > 1 else coming[0]


@contextmanager
def serving(
    *statuses: int,
    echo: bool = False,
    body: bytes = b"ok",
    more: Iterable[bytes] = (),
    headers: Mapping[str, str] = NONE,
) -> Iterator[Endpoint]:
    """`more` are the bodies after the first."""
    endpoint = Endpoint(statuses or (200,), (body, *more), headers, echo)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            endpoint.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, coming, headers = endpoint.answer()
            answer = str(self.headers).encode() if endpoint.echo else coming
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/endpoints/web/invocations"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
