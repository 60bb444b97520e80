"""HTTP servers on the loopback for whoever started this process, which may be killed before it has its answer."""

from __future__ import annotations

import sys
from http.server import HTTPServer
from socketserver import ThreadingMixIn
from typing import Any


class Server(HTTPServer):
    """One question after another. An asker that is gone is no fault; any other fault is printed as usual."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class ThreadingServer(ThreadingMixIn, Server):
    """Many questions at once, none of which keeps the process from ending."""

    daemon_threads = True
