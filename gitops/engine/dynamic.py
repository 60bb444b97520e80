"""Dynamic providers: resources whose create, update and delete a program defines itself (`pulumi.dynamic`).

Their code is the program's own and runs as such, on this machine. The SDK serves it, from a process that can import
what the program imports; without a language host nobody else would start that (`python -m gitops.engine.dynamic`).
Only a program that speaks of dynamic providers gets one.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

_SPEAKS_OF_THEM = re.compile(
    r"^\s*(from pulumi\.dynamic import|import pulumi\.dynamic|from pulumi import .*\bdynamic\b)"
)
_USES_THEM = re.compile(r"\bpulumi\.dynamic\.")
# Folders of other people's modules, whose thousands of files would cost seconds.
_PASSED_BY = frozenset({"venv", "node_modules", "site-packages", "__pycache__"})


def uses_dynamic(folder: Path) -> bool:
    """Whether a module of the program imports `pulumi.dynamic`."""
    for module in _modules(folder):
        lines = module.read_text(encoding="utf-8", errors="replace").splitlines()
        if any(_SPEAKS_OF_THEM.search(line) or _USES_THEM.search(line) for line in lines):
            return True
    return False


def _modules(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _PASSED_BY and not name.startswith(".")]
        yield from (Path(here) / name for name in files if name.endswith(".py"))


@contextmanager
def serve_dynamic(environment: Mapping[str, str], folder: Path, project: str) -> Iterator[dict[str, str]]:
    """The engine's environment, with a server for the program's dynamic providers while the block runs, if it has some.

    Raises RuntimeError when the server does not start.
    """
    if not uses_dynamic(folder):
        yield dict(environment)
        return
    tool = str(Path(__file__).parents[2])
    paths = os.pathsep.join(path for path in (str(folder), tool, os.environ.get("PYTHONPATH", "")) if path)
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "gitops.engine.dynamic"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PULUMI_PROJECT": project},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = (server.stdout.readline() if server.stdout else "").strip()
        if not port.isdigit():
            raise RuntimeError(
                f"the server of the program's dynamic providers did not start (found {port!r}, expected a port)"
            )
        # what the providers print; a full pipe would stop them
        threading.Thread(target=shutil.copyfileobj, args=(server.stdout, sys.stderr), daemon=True).start()
        served = environment.get("PULUMI_DEBUG_PROVIDERS", "")
        yield {**environment, "PULUMI_DEBUG_PROVIDERS": ",".join(filter(None, (served, f"pulumi-python:{port}")))}
    finally:
        server.kill()
        server.wait()


def main() -> None:
    """The SDK's own server, which answers everything an attached provider is asked but that it is attached."""
    ResourceProviderServicer.Attach = lambda self, request, context: Empty()
    runpy.run_module("pulumi.dynamic", run_name="__main__")


if __name__ == "__main__":
    main()
