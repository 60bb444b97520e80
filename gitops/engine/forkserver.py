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
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from gitops.engine import modules
from gitops.garbage import collect_rarely

MOST_BYTES = 1 << 20
"""Of one request. Its environment is the largest part; the kernel refuses a larger message when it is sent."""
DESCRIPTORS = 4
VISIT_SECONDS = 5
RUN_BY_CHILDREN = ("gitops.engine.worker", "pulumi_policy")


def serve(control: socket.socket, visitors: socket.socket) -> None:
    """Imports and forks as it is asked to, until the other end of `control` closes.

    A request on `control` is `{"modules": [name, …]}` or a run with four descriptors: where to say the child's process
    id and exit code, its standard input, output and error. A visitor sends one run with the latter three, is told
    these itself, and takes the child along when it leaves.
    """
    while True:
        asking = select.select([control, visitors], [], [])[0]
        if visitors in asking:
            receive(visitors)
        if control in asking:
            message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, DESCRIPTORS)
            if not message:
                return
            request = json.loads(message)
            if "modules" in request:
                modules.load(request["modules"])
                gc.freeze()  # what a child never collects, it never writes to: the pages stay shared
            else:
                fork(request, descriptors)


def receive(visitors: socket.socket) -> None:
    with suppress(OSError):
        visitor, _ = visitors.accept()
        visitor.settimeout(VISIT_SECONDS)
        message, descriptors, _, _ = socket.recv_fds(visitor, MOST_BYTES, DESCRIPTORS)
        visitor.setblocking(True)
        if message:
            fork({**json.loads(message), "visited": True}, [visitor.detach(), *descriptors])


def fork(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    if os.fork() == 0:
        become(request, *descriptors)
    for descriptor in descriptors:
        os.close(descriptor)


def become(request: Mapping[str, Any], status: int, *standard: int) -> None:
    """Runs `{"run": module or file, "arguments": [text, …], "environment": {…}}` as Python would; never returns.

    `status` closes when this process ends, however it ends; whoever asked for it waits for that.
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
        sys.argv[1:] = request["arguments"]
        os.write(status, str(os.getpid()).encode())
        if "visited" in request:
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
    """The exit code of a module's run, or of a file's, in its folder."""
    file = Path(program)
    try:
        if file.is_absolute():
            os.chdir(file.parent)
            sys.path[0] = str(file.parent)
            runpy.run_path(program, run_name="__main__")
        else:
            sys.modules.pop(program, None)  # `__main__` it is; this process may have imported it under its own name
            runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main(control: str, visitors: str) -> None:
    collect_rarely()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets a child that has ended
    for name in RUN_BY_CHILDREN:
        import_module(name)
    with socket.socket(fileno=int(control)) as asking, socket.socket(fileno=int(visitors)) as visiting:
        serve(asking, visiting)


if __name__ == "__main__":
    main(*sys.argv[1:])
