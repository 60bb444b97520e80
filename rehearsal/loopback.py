"""HTTP servers on the loopback for the process that started this one, which may be killed before it gets its answer."""

from __future__ import annotations

import sys
from http.server import HTTPServer
from socketserver import ThreadingMixIn
from typing import Any


class Server(HTTPServer):
    """Answers one request after another. A client that has left is not an error; any other error is printed as
    usual."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ThreadingServer(ThreadingMixIn, Server):
    """Answers many requests at once; none of them keeps the process from ending."""

    daemon_threads = True
