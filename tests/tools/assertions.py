"""GitHub's answers to a job that asks who it is: a new assertion each time. A real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.tools.loopback import QuietHandler, serve


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

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            audience = parse_qs(urlsplit(self.path).query)["audience"][0]
            with state.turn:
                state.asked.append((audience, self.headers["authorization"]))
                good = 200, json.dumps({"value": f"assertion {len(state.asked)}"}).encode()
                status, body = state.faults.pop(0) if state.faults else good
                state.turn.notify_all()
            self.send_answer(status, body)

    with serve(Handler) as address:
        state.address = f"{address}/token?api-version=2.0"
        yield state
