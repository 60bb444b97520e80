"""A language host without a program, for an engine that runs no program but requires a host."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc


class NoProgram(language_pb2_grpc.LanguageRuntimeServicer):
    """It is asked for nothing else."""

    def GetRequiredPackages(self, request: Any, context: Any) -> language_pb2.GetRequiredPackagesResponse:
        return language_pb2.GetRequiredPackagesResponse()


@contextmanager
def serve() -> Iterator[str]:
    """The host's address, `127.0.0.1:PORT`."""
    host = grpc.server(ThreadPoolExecutor(1))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(NoProgram(), host)
    port = host.add_insecure_port("127.0.0.1:0")
    host.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        host.stop(grace=None)
