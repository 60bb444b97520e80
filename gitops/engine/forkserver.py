"""A process that has the SDKs imported and forks what needs them: `python -m gitops.engine.forkserver DESCRIPTOR`.

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
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from gitops.engine import modules
from gitops.garbage import collect_rarely

MOST_BYTES = 1 << 20
"""Of one request. Its environment is the largest part; the kernel refuses a larger message when it is sent."""
DESCRIPTORS = 4


def serve(control: socket.socket) -> None:
    """Imports and forks as it is asked to, until the other end of `control` closes.

    A request is `{"modules": [name, …]}` or `{"run": module, "arguments": [text, …], "environment": {…}}`, the latter
    with four descriptors: where to say the child's process id and exit code, its standard input, output and error.
    """
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, DESCRIPTORS)
        if not message:
            return
        request = json.loads(message)
        if "modules" in request:
            modules.load(request["modules"])
            gc.freeze()  # what a child never collects, it never writes to: the pages stay shared
            continue
        if os.fork() == 0:
            control.close()
            become(request, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def become(request: Mapping[str, Any], status: int, *standard: int) -> None:
    """Runs the module as `python -m` would; never returns.

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
        code = run(request["run"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os.write(status, str(code).encode())
        os._exit(code)


def run(module: str) -> int:
    """The exit code of a module's run."""
    sys.modules.pop(module, None)  # `__main__` it is; this process may have imported it under its own name
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main(descriptor: str) -> None:
    collect_rarely()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets a child that has ended
    import_module("gitops.engine.worker")  # what most children run
    with socket.socket(fileno=int(descriptor)) as control:
        serve(control)


if __name__ == "__main__":
    main(*sys.argv[1:])
