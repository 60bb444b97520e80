"""The model on this machine, installing and building first whatever is missing.

python -m serving.local                            # the app itself, on PORT (8080)
python -m serving.local BACKEND                    # a backend's adapter behind its emulator, on PORT
python -m serving.local BACKEND --ask < REQUEST    # one request to it; prints status, body and time as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from serving import environments
from serving.description import DESCRIBED
from serving.emulators.backends import BACKENDS, Ask
from serving.emulators.http import Handler, Server
from serving.names import one_of
from serving.packaging.__main__ import FOLDER


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.local", description="Serve the model on this machine.")
    known = ", ".join(sorted(BACKENDS))
    parser.add_argument(
        "backend", nargs="?", type=one_of("backend", BACKENDS), help=f"behind whose emulator ({known}); none: bare"
    )
    parser.add_argument("--ask", action="store_true", help="send the request on standard input and print the answer")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where the artefacts are, serving/artefacts without"
    )
    chosen = parser.parse_args()
    if DESCRIBED.container:
        print("the model has a container of its own (model/model.toml): run that image", file=sys.stderr)
        return 2
    if chosen.folder == FOLDER and not (FOLDER / "model.onnx").exists():
        command = [sys.executable, "-m", "serving.packaging"]
        if subprocess.run(command, cwd=environments.ROOT, stdout=sys.stderr).returncode != 0:
            print("the artefacts cannot be built; `make artefacts` says why", file=sys.stderr)
            return 2
    if not chosen.backend:
        become_the_app(chosen.folder)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with BACKENDS[chosen.backend](chosen.folder, Path(scratch)) as ask:
                if chosen.ask:
                    print(ask_once(ask, sys.stdin.buffer.read()))
                else:
                    serve(ask, chosen.backend)
        except RuntimeError as error:
            print(f"{chosen.backend} does not start: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            return 130
    return 0


def become_the_app(folder: Path) -> None:
    python = environments.ensure(environments.APP)
    settings = {"MODEL_DIR": str(folder), "WORKERS": "1", "DRAIN_ANNOUNCE_SECONDS": "0", **os.environ}
    os.chdir(environments.ROOT)
    os.execve(python, [str(python), "-m", "serving"], settings)  # noqa: S606 (becomes the server, no shell involved)


def ask_once(ask: Ask, request: bytes) -> str:
    started = time.perf_counter()
    answer = ask(request)
    milliseconds = (time.perf_counter() - started) * 1000
    return json.dumps({"status": answer.status, "body": answer.body.decode(), "milliseconds": milliseconds})


def serve(ask: Ask, backend: str) -> None:
    """Hands every POST to the backend until interrupted."""

    class Front(Handler):
        log_message = BaseHTTPRequestHandler.log_message  # a line for each request, for whoever tries it

        def do_POST(self) -> None:
            answer = ask(self.read_body())
            self.send(answer.status, answer.body)

    with Server(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Front) as server:
        host, port = server.server_address[:2]
        print(f"{backend} on http://{host!s}:{port}/ takes POST; Ctrl-C ends it", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
