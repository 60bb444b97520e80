"""A process that has the SDKs imported and forks a worker per job: `python -m gitops.engine.forkserver DESCRIPTOR`.

Half of a preview's CPU time was the same imports again. `import pulumi_aws` alone is no help, its classes load lazily:
what is imported here are the modules that earlier runs ended with (gitops.engine.modules). It has one thread and no
gRPC channel, because neither survives a fork, and nothing of a stack or of `shared`, because what one program imports
must not change what another sees.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from gitops.engine import modules, worker
from gitops.garbage import collect_rarely

MOST_BYTES = 1 << 20
"""Of one request. Its environment is the largest part; the kernel refuses a larger message when it is sent."""


def serve(control: socket.socket) -> None:
    """Imports and forks as it is asked to, until the other end of `control` closes.

    A request is `{"modules": [name, …]}` or `{"job": file, "record": file, "environment": {…}}`, the latter with three
    descriptors: where to say the worker's process id, its standard input, its log.
    """
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, 3)
        if not message:
            return
        request = json.loads(message)
        if "modules" in request:
            modules.load(request["modules"])
            gc.freeze()  # what a child never collects, it never writes to: the pages stay shared
            continue
        if os.fork() == 0:
            control.close()
            become_worker(request, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def become_worker(request: Mapping[str, Any], status: int, stdin: int, log: int) -> None:
    """Never returns. `status` closes when this process ends, however it ends; the pool waits for that."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor, standard in ((stdin, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, standard)
        os.close(stdin)
        os.close(log)
        os.set_inheritable(status, False)
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.pycache_prefix = request["environment"].get("PYTHONPYCACHEPREFIX")
        os.write(status, str(os.getpid()).encode())
        worker.main(request["job"], request["record"])
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)


def main(descriptor: str) -> None:
    collect_rarely()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets a worker that has ended
    with socket.socket(fileno=int(descriptor)) as control:
        serve(control)


if __name__ == "__main__":
    main(*sys.argv[1:])
