"""A client for the engine's resource monitor, with one connection per Construct call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import grpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

from rehearsal.provider.channels import OWN_CONNECTIONS
from rehearsal.values import from_struct, to_struct

_LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

# Resources of the program have the installed SDK's version. With the same version, children use the same provider.
_DISTRIBUTIONS = {"aws": "pulumi_aws", "docker": "pulumi_docker", "docker-build": "pulumi_docker_build"}


class Monitor:
    """The client. `providers` maps packages to references of the explicit providers that a component was given."""

    def __init__(self, stub: ResourceMonitorStub, providers: Mapping[str, str]) -> None:
        self._stub = stub
        self.providers = dict(providers)

    def register(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        """Registers a resource. Raises grpc.RpcError if the engine or the resource's provider refuses it."""
        if request.custom:
            request.version = package_version(package_of(request.type))
        return self._stub.RegisterResource(request)

    def invoke(self, token: str, arguments: Mapping[str, Any], provider: str = "") -> dict[str, Any]:
        """Returns the function's result. Raises RuntimeError, naming the function, if it reports failures."""
        package = package_of(token)
        request = resource_pb2.ResourceInvokeRequest(
            tok=token,
            args=to_struct(arguments),
            provider=provider or self.providers.get(package, ""),
            version=package_version(package),
            acceptResources=True,
        )
        answer = self._stub.Invoke(request)
        if answer.failures:
            reasons = "; ".join(failure.reason for failure in answer.failures)
            raise RuntimeError(f"{token} failed: {reasons}")
        return from_struct(getattr(answer, "return"))

    def outputs(self, urn: str, values: Mapping[str, Any]) -> None:
        request = resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=to_struct(values))
        self._stub.RegisterResourceOutputs(request)


@contextmanager
def connect(endpoint: str, providers: Mapping[str, str]) -> Iterator[Monitor]:
    with grpc.insecure_channel(endpoint, options=[*_LIMITS, OWN_CONNECTIONS]) as channel:
        yield Monitor(ResourceMonitorStub(channel), providers)


def package_of(token: str) -> str:
    """Returns the package of a type token: `aws` for `aws:ec2/vpc:Vpc`, `docker` for `pulumi:providers:docker`."""
    package, module, name = token.split(":")
    return name if (package, module) == ("pulumi", "providers") else package


def package_version(package: str) -> str:
    return version(_DISTRIBUTIONS[package]) if package in _DISTRIBUTIONS else ""
