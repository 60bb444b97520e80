"""The part of the protocol that all stand-in providers share: handshake, attach, version, configuration, cancel.

One server serves many engine runs at once, and one run may configure a provider several times (explicit providers in
two regions). The engine opens one connection per configured provider. So the configuration of a call is the last one
that arrived on its connection (`context.peer()`). Connections share nothing.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from rehearsal.sdk.types import Property, Scalar
from rehearsal.values import from_struct, unwrap

# The number of remembered connections. No machine runs so many engines, so the oldest is closed when it is dropped.
_CONNECTIONS = 4096


class Connections:
    """The configuration of each open connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._configs: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def configure(self, peer: str, config: Mapping[str, Any]) -> None:
        with self._lock:
            self._configs[peer] = dict(config)
            self._configs.move_to_end(peer)
            while len(self._configs) > _CONNECTIONS:
                self._configs.popitem(last=False)

    def config(self, peer: str) -> dict[str, Any]:
        with self._lock:
            return self._configs.get(peer, {})


class BaseProvider(ResourceProviderServicer):
    """A provider that an engine can attach to and configure. Subclasses add Check, Create, Construct, Invoke and so on.

    `package` is the engine's name for it (`azure-native`). It reports the version of the Python package `distribution`.
    """

    package: str
    distribution: str

    def __init__(self) -> None:
        self.connections = Connections()

    def config(self, context: grpc.ServicerContext) -> dict[str, Any]:
        """Returns the caller's provider configuration: plain values by camelCase names, secrets unwrapped."""
        return self.connections.config(context.peer())

    # Without `accept_resources`, the engine sends a resource's id in place of the resource, as to bridged providers.
    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=version(self.distribution))

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        schema = {"name": self.package, "version": version(self.distribution)}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.connections.configure(context.peer(), unwrap(from_struct(request.args)))
        return self.answer_configure()

    @staticmethod
    def answer_configure() -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            acceptResources=False,
            acceptOutputs=False,
            supportsPreview=True,
            supports_autonaming_configuration=True,
        )

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return Empty()


def decode_config(config: Mapping[str, Any], declared: Mapping[str, Property]) -> dict[str, Any]:
    """Decodes provider settings, because the engine sends every setting that is not text as JSON text."""

    def decode(name: str, value: Any) -> Any:
        if not isinstance(value, str) or name not in declared or declared[name].type == Scalar("string"):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    return {name: decode(name, value) for name, value in config.items()}
