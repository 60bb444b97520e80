"""A real server that stands where a deployed endpoint would, and remembers what reached it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Endpoint:
    """`statuses` are the answers to come, the last one for good; `seen` what came to `url`, oldest first.

    It answers with `body`; with `echo`, with the headers that it got.
    """

    url: str

    def __init__(self, *statuses: int, echo: bool = False, body: bytes = b"ok") -> None:
        self.echo = echo
        self.body = body
        self.statuses = list(statuses)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def serving(*statuses: int, echo: bool = False, body: bytes = b"ok") -> Iterator[Endpoint]:
    endpoint = Endpoint(*(statuses or (200,)), echo=echo, body=body)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            endpoint.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = str(self.headers).encode() if endpoint.echo else endpoint.body
            self.send_response(endpoint.answer())
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
