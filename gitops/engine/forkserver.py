"""A process that has the SDKs imported and forks what needs them: `python -m gitops.engine.forkserver`.

Half of a preview's CPU time was the same imports again, in each worker and in the rehearsal clouds. `import pulumi_aws`
alone is no help, its classes load lazily: what is imported here are the modules that earlier runs ended with
(gitops.engine.modules). It has one thread and no gRPC channel, because neither survives a fork, and nothing of a stack
or of `shared`, because what one program imports must not change what another sees.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from gitops.engine import modules
from gitops.garbage import collect_rarely

MOST_BYTES = 1 << 20
"""Of one request. Its environment is the largest part; the kernel refuses a larger message when it is sent."""
DESCRIPTORS = 3
VISIT_SECONDS = 5
RUN_BY_CHILDREN = ("gitops.engine.worker", "pulumi_policy")


def serve(visitors: socket.socket) -> None:
    """Imports and forks as its visitors ask, one request each, until standard input closes.

    A request is `{"modules": [name, …]}` or a run with three descriptors, the child's standard input, output and error.
    The visitor is told the child's process id and at its end the exit code.
    """
    while sys.stdin.fileno() not in select.select([sys.stdin.fileno(), visitors], [], [])[0]:
        with suppress(OSError):
            visitor, _ = visitors.accept()
            visitor.settimeout(VISIT_SECONDS)
            message, descriptors, _, _ = socket.recv_fds(visitor, MOST_BYTES, DESCRIPTORS)
            visitor.setblocking(True)
            answer(json.loads(message or "{}"), [visitor.detach(), *descriptors])


def answer(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    if "run" in request:
        fork(request, descriptors)
    elif "modules" in request:
        modules.load(request["modules"])
        gc.freeze()  # what a child never collects, it never writes to: the pages stay shared
    for descriptor in descriptors:
        os.close(descriptor)


def fork(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    if os.fork() == 0:
        become(request, *descriptors)


def become(request: Mapping[str, Any], status: int, *standard: int) -> None:
    """Runs what is asked as Python would; never returns.

    `{"run": module or file, "arguments": [text, …], "folder": path, "environment": {…}}`, and `"stays": true` for a
    child that ends by itself when the visitor leaves. `status` closes when this process ends, however it ends.
    """
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.set_inheritable(status, False)
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.pycache_prefix = request["environment"].get("PYTHONPYCACHEPREFIX")
        os.chdir(request["folder"])
        sys.path[0] = request["folder"]
        sys.argv[1:] = request["arguments"]
        tempfile.tempdir = None
        os.write(status, str(os.getpid()).encode())
        if not request.get("stays"):
            threading.Thread(target=leave_with, args=[status], daemon=True).start()
        code = run(request["run"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os.write(status, str(code).encode())
        os._exit(code)


def leave_with(visitor: int) -> None:
    os.read(visitor, 1)
    os._exit(0)


def run(program: str) -> int:
    """The exit code of a module's or a file's run."""
    try:
        if os.path.isabs(program):
            runpy.run_path(program, run_name="__main__")
        else:
            sys.modules.pop(program, None)  # `__main__` it is; this process may have imported it under its own name
            runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main(visitors: str) -> None:
    collect_rarely()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets a child that has ended
    for name in RUN_BY_CHILDREN:
        import_module(name)
    with socket.socket(fileno=int(visitors)) as listening:
        serve(listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
