"""The judge as a process of its own, asked over HTTP on the loopback; clouds may share one (`REHEARSAL_JUDGE`).

A question is what the engine printed (`pulumi preview --json`) or a state; the answer a JSON list of refusals. Answers
of the linter are kept by content, and cfn-lint is loaded for the first program that has none: its 2.3 s of processor
time are most of what a small rehearsal takes.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rehearsal.judge import lint
from rehearsal.judge.documents import read
from rehearsal.judge.program import Program
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.rules import judge_together
from rehearsal.judge.template import Template, templates

VARIABLE = "REHEARSAL_JUDGE"
"""The address of a judge that runs already, for clouds to name instead of starting one."""
_BACKLOG = 64
# Beside the previews, not before them.
_NICENESS = 5


def start() -> tuple[subprocess.Popen[bytes], str]:
    """Starts the process; returns it with its address. It ends when its standard input closes: with this process.

    The socket is made here, so that a question asked too early waits and is not refused.
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
    server = HTTPServer(("127.0.0.1", 0), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def answer(document: Any, kept: Path | None = None) -> list[dict[str, str]]:
    """Every refusal of a program, by resource; `kept` is the folder of the linter's earlier answers."""
    program = read(document)
    refusals = [*judge_together(program), *_linted(program, kept or cache_directory())]
    return [asdict(one) for one in sorted(dict.fromkeys(refusals), key=lambda one: (one.urn, one.path, one.rule))]


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "inference-gitops" / "judged"


def _linted(program: Program, kept: Path) -> list[Refusal]:
    return [one for template in templates(program) for one in _recall(kept, template, lambda t: _linter().judge(t))]


def _recall(kept: Path, template: Template, judge: Callable[[Template], Any]) -> list[Refusal]:
    """The linter's answer to this template, from the file of its content if there is one."""
    urns = {name: one.resource.urn for name, one in template.resources.items()}
    file = kept / f"{_key(template)}.json"
    try:
        refusals = [Refusal(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except (FileNotFoundError, ValueError):
        refusals = list(dict.fromkeys(judge(template)))
        kept.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps([asdict(one) for one in refusals]), encoding="utf-8")
        os.replace(temporary, file)
    return [one for one in refusals if one.urn in urns.values()]


def _key(template: Template) -> str:
    paths = {
        name: [one.resource.urn, *map(str, sorted(one.left_out, key=repr))] for name, one in template.resources.items()
    }
    judge = [version("cfn-lint"), lint.LEFT_OUT, template.region]
    return hashlib.sha256(json.dumps([judge, template.document(), paths], sort_keys=True).encode()).hexdigest()


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
        """Says nothing: the asker tells."""
