"""A new engine on the port of an ended one is reached at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
from pulumi.runtime import settings

from tests.rehearsal.stack import connect_anew


class Answering(grpc.GenericRpcHandler):
    def service(self, handler_call_details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(lambda request, _context: request)


def engine(port: int) -> tuple[grpc.Server, int]:
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((Answering(),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


def channel(port: int) -> grpc.Channel:
    """As the SDK opens one to an engine (pulumi/runtime/settings.py)."""
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=settings._GRPC_CHANNEL_OPTIONS)


def test_a_failed_connection_is_not_handed_to_the_next_engine() -> None:
    connect_anew()
    first, port = engine(0)
    left_open = channel(port)
    assert left_open.unary_unary("/x/y")(b"1") == b"1"
    first.stop(0).wait()
    for _ in range(3):
        with suppress(grpc.RpcError):
            left_open.unary_unary("/x/y")(b"2")
    second, _port = engine(port)

    assert channel(port).unary_unary("/x/y")(b"3") == b"3"
    second.stop(0)
