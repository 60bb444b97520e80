"""GitHub's answers to a job that asks who it is: a new assertion each time. A real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Tokens:
    """`asked` are audience and authorization of each request; `faults`, status and body, are answered first."""

    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[int, bytes]] = field(default_factory=list)
    turn: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, number: int) -> None:
        with self.turn:
            assert self.turn.wait_for(lambda: len(self.asked) >= number, timeout=20)


@contextmanager
def serving() -> Iterator[Tokens]:
    state = Tokens()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            audience = parse_qs(urlsplit(self.path).query)["audience"][0]
            with state.turn:
                state.asked.append((audience, self.headers["authorization"]))
                good = 200, json.dumps({"value": f"assertion {len(state.asked)}"}).encode()
                status, body = state.faults.pop(0) if state.faults else good
                state.turn.notify_all()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_port}/token?api-version=2.0"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
