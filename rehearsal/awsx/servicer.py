"""The awsx provider: checks a component's arguments by the installed SDK's types, then constructs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, resource_pb2

from rehearsal.awsx.components import COMPONENTS, AwsxComponent
from rehearsal.awsx.context import ComponentContext, ConstructCall, component_request
from rehearsal.awsx.monitor import Monitor, connect
from rehearsal.awsx.output_values import dependencies, spread, strip, to_wire
from rehearsal.awsx.plain import plain_arguments
from rehearsal.provider.check import check
from rehearsal.provider.protocol import BaseProvider
from rehearsal.sdk.package import Sdk
from rehearsal.values import UNKNOWN, Output, ResourceReference, contains, from_struct, map_inside, to_struct

# Arguments that the SDK declares as required but awsx has a default for. A program may leave them out of a dict.
_HAS_DEFAULT = re.compile(
    r'(^|\.)container(s(\.[\w-]+|\["[^"]*"\]))?\.name$|^natGateways\.strategy$|^lifecyclePolicy\.rules\[\d+\]\.tagStatus$'
)

# Options of a component that are copied to its registration: lists first, then optional values.
_LISTS = ("additionalSecretOutputs", "dependencies", "ignoreChanges", "replaceOnChanges", "replace_with")
_OPTIONAL = ("protect", "retainOnDelete")


class RefusedError(ValueError):
    """The component's arguments do not match its type."""


class AwsxProvider(BaseProvider):
    package = "awsx"
    distribution = "pulumi_awsx"

    def __init__(self) -> None:
        super().__init__()
        self._sdks = {package: Sdk(package) for package in ("aws", "awsx", "docker", "docker-build")}

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        answer = super().Handshake(request, context)
        answer.accept_resources = answer.accept_outputs = True
        return answer

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        answer = super().Configure(request, context)
        answer.acceptResources = answer.acceptOutputs = True
        return answer

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        component = COMPONENTS.get(request.type)
        if component is None:
            known = ", ".join(sorted(COMPONENTS))
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"awsx has no component {request.type!r}; it has {known}")
            raise AssertionError("abort does not return")
        try:
            with connect(request.monitorEndpoint, request.providers) as monitor:
                return self._construct(component, request, monitor)
        except (ValueError, RuntimeError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except grpc.RpcError as error:
            context.abort(error.code(), error.details() or "")  # pyright: ignore[reportAttributeAccessIssue] (grpc's stubs)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        advice = "; use the component awsx.ec2.DefaultVpc" if request.tok == "awsx:ec2:getDefaultVpc" else ""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"awsx does not implement the function {request.tok}{advice}")

    def _construct(self, component: AwsxComponent, request: Any, monitor: Monitor) -> Any:
        arguments = _arguments(request)
        self._check(request.type, arguments)
        call = ConstructCall(
            monitor,
            request.stack,
            request.dryRun,
            self._sdks,
            request.stack_trace_handle,
            request.protect if request.HasField("protect") else None,
        )
        context = ComponentContext(call, monitor.register(_registration(component, request)).urn)
        state = component.construct(context, request.name, arguments)
        return _answer_construct(context, state)

    def _check(self, type_token: str, arguments: dict[str, Any]) -> None:
        """Raises RefusedError for a wrong type. Unwraps outputs of arguments that must be plain, in place."""
        all_failures = check(_with_ids(to_wire(arguments)), self._sdks["awsx"].resource(type_token).inputs)
        failures = [
            failure for failure in all_failures if failure.found != "nothing" or not _HAS_DEFAULT.search(failure.path)
        ]
        if failures:
            raise RefusedError("; ".join(map(str, failures)))
        for key in plain_arguments(type_token) & arguments.keys():
            if strip(arguments[key]) is UNKNOWN:
                raise RefusedError(f"{key}: found a value known after the apply, expected a plain one")
            if isinstance(arguments[key], Output):
                arguments[key] = strip(arguments[key])


def _answer_construct(context: ComponentContext, state: Mapping[str, Any]) -> Any:
    outputs = context.finish(state)
    dependent = provider_pb2.ConstructResponse.PropertyDependencies
    return provider_pb2.ConstructResponse(
        urn=context.urn,
        state=to_struct(outputs),
        stateDependencies={key: dependent(urns=dependencies(state[key])) for key in outputs},
    )


def _with_ids(value: Any) -> Any:
    """Replaces resources by their ids, because a program may give a resource in place of a text."""
    return value.id if isinstance(value, ResourceReference) else map_inside(value, _with_ids)


def _arguments(request: Any) -> dict[str, Any]:
    """The inputs. An input that is not an output gets the dependencies that the engine lists for it."""
    arguments = {}
    for key, value in from_struct(request.inputs, outputs=True).items():
        urns = tuple(request.inputDependencies[key].urns) if key in request.inputDependencies else ()
        arguments[key] = Output(value, False, urns) if urns and not contains(value, Output) else value
    return spread(arguments)


def _registration(component: AwsxComponent, request: Any) -> resource_pb2.RegisterResourceRequest:
    """The request that registers the component itself, with the program's options."""
    registration = component_request(request.type, request.name, request.parent)
    registration.aliases.extend(request.aliases)
    if component.alias is not None:
        registration.aliases.append(component.alias)
    for name in _LISTS:
        getattr(registration, name).extend(getattr(request, name))
    for name in _OPTIONAL:
        if request.HasField(name):
            setattr(registration, name, getattr(request, name))
    registration.deletedWith = request.deletedWith
    registration.parentStackTraceHandle = request.stack_trace_handle
    for package, provider in request.providers.items():
        registration.providers[package] = provider
    return registration
