"""The judge as a separate process with an HTTP interface on the loopback; several clouds may share one
(`REHEARSAL_JUDGE`).

A question is what the engine printed (`pulumi preview --json`) or a state; the answer a JSON list of refusals. Answers
of the linter are kept (`kept`), and cfn-lint is loaded for the first resource that has none: its 2.3 s of processor
time are most of what a small rehearsal takes.
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
"""The address of a judge that runs already, for clouds to name instead of starting one."""
_BACKLOG = 64
# Beside the previews, not before them.
_NICENESS = 5


def start() -> tuple[subprocess.Popen[bytes], str]:
    """Starts the process; returns it with its address. It ends when its standard input closes: with this process.

    The socket is created here, so that an early question waits instead of being refused.
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
    """Answers on an inherited socket until standard input closes."""
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server = Server(("127.0.0.1", 0), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def answer(document: Any, kept: Path | None = None) -> list[dict[str, str]]:
    """Every refusal of a program, by resource; `kept` is the folder of the linter's earlier answers."""
    program = read(document)
    refusals = [
        *judge_together(program),
        *lint_new(program, kept or cache_directory(), lambda template: _linter().judge(template)),
    ]
    return [asdict(one) for one in sorted(dict.fromkeys(refusals), key=lambda one: (one.urn, one.path, one.rule))]


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
        """Answers at once and loads the linter, for a question about a new resource that will follow soon."""
        self.send_response(204)
        self.end_headers()
        self.wfile.flush()
        _linter()

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            status, body = 200, json.dumps(answer(json.loads(question))).encode()
        except Exception:  # the asker tells it; the next question is answered
            status, body = 500, traceback.format_exc().encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing; the caller reports."""
