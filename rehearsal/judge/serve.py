"""Runs the judge as a separate process with an HTTP interface on the loopback address.

Several clouds may share one judge (`REHEARSAL_JUDGE`). The body of a request is the output of `pulumi preview --json`
or a state. The response is a JSON list of refusals. The linter's answers are cached (`kept`), and cfn-lint is loaded
only for a resource without a cached answer: loading takes 2.3 s of processor time, most of a small rehearsal.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import traceback
from dataclasses import asdict
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from rehearsal.judge import lint
from rehearsal.judge.documents import read
from rehearsal.judge.kept import lint_new
from rehearsal.judge.rules import judge_together
from rehearsal.loopback import Server

VARIABLE = "REHEARSAL_JUDGE"
"""The environment variable with the address of a running judge. Clouds use that judge instead of starting one."""
_BACKLOG = 64
# A higher niceness lets the previews run first.
_NICENESS = 5


def start() -> tuple[subprocess.Popen[bytes], str]:
    """Starts the judge and returns its process and its address.

    The judge ends when its standard input closes, at the latest when this process ends. The socket is created here, so
    that an early request waits instead of being refused.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        number = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal", "judge", "--socket", str(number)],
            stdin=subprocess.PIPE,
            pass_fds=[number],
        )
        host, port = listening.getsockname()[:2]
    return process, f"{host}:{port}"


def serve(descriptor: int) -> None:
    """Serves requests on an inherited socket (a file descriptor) until standard input closes."""
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server = Server(("127.0.0.1", 0), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def answer(document: Any, kept: Path | None = None) -> list[dict[str, str]]:
    """Returns all refusals of a program. `kept` is the folder with the linter's cached answers."""
    program = read(document)
    refusals = [
        *judge_together(program),
        *lint_new(program, kept or cache_directory(), lambda template: _linter().judge(template)),
    ]
    return [
        asdict(refusal)
        for refusal in sorted(dict.fromkeys(refusals), key=lambda refusal: (refusal.urn, refusal.path, refusal.rule))
    ]


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "inference-gitops" / "judged"


_LOADING = threading.Lock()


def _linter() -> lint.Linter:
    with _LOADING:
        return _load()


@cache
def _load() -> lint.Linter:
    return lint.Linter()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Responds at once and then loads the linter, because a request about a new resource will follow soon."""
        self.send_response(204)
        self.end_headers()
        self.wfile.flush()
        _linter()

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            status, body = 200, json.dumps(answer(json.loads(question))).encode()
        except Exception:  # the client reports the traceback, and the judge goes on to the next request
            status, body = 500, traceback.format_exc().encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing, because the client reports errors."""
