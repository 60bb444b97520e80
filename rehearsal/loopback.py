"""HTTP servers on the loopback address. The client is the parent process, which may end before it gets its answer."""

from __future__ import annotations

import sys
from http.server import HTTPServer
from socketserver import ThreadingMixIn
from typing import Any


class Server(HTTPServer):
    """Handles one request after another. A closed connection is not an error; other errors are printed as usual."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ThreadingServer(ThreadingMixIn, Server):
    """Handles many requests at once. A running request does not keep the process from ending."""

    daemon_threads = True
