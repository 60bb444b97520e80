"""A real server that stands where a deployed endpoint would, and remembers what reached it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Endpoint:
    """`url` takes POST; `statuses` are the answers to come, the last one for good; `seen` what came, oldest first.

    With `echo` it answers with the headers that it got.
    """

    url: str

    def __init__(self, *statuses: int, echo: bool = False) -> None:
        self.echo = echo
        self.statuses = list(statuses)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def serving(*statuses: int, echo: bool = False) -> Iterator[Endpoint]:
    endpoint = Endpoint(*(statuses or (200,)), echo=echo)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            endpoint.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = str(self.headers).encode() if endpoint.echo else b"ok"
            self.send_response(endpoint.answer())
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

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
