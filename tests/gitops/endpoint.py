"""A real server that stands where a deployed endpoint would, and remembers what reached it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TypeVar

from tests.tools.loopback import QuietHandler, serve

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

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            endpoint.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, coming, headers = endpoint.answer()
            self.send_answer(status, str(self.headers).encode() if endpoint.echo else coming, headers)

        do_GET = do_POST

    with serve(Handler) as address:
        endpoint.url = f"{address}/endpoints/web/invocations"
        yield endpoint
