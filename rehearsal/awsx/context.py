"""A component during its construction. The context registers its children and calls functions for it.

Children are registered with the engine's monitor as the real provider's SDK does: with the dependencies of each input,
only the properties of their type, and the right parent, so that a program's transforms and providers apply to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import alias_pb2, resource_pb2

from rehearsal.awsx.monitor import Monitor, package_of, package_version
from rehearsal.awsx.output_values import apply, dependencies, strip, to_wire
from rehearsal.sdk.package import Sdk
from rehearsal.values import UNKNOWN, UNKNOWN_SENTINEL, Output, ResourceReference, Secret, from_struct, to_struct

# Inputs that the SDK's constructors fill in before the provider sees the inputs.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "aws:ec2/securityGroup:SecurityGroup": {"description": "Managed by Pulumi"},
    "docker-build:index:Image": {"buildOnPreview": True, "network": "default"},
}

# Former names of types in the SDK. With these aliases, the engine recognises resources in older states.
_FORMER_TYPES = {
    "aws:lb/listener:Listener": "aws:elasticloadbalancingv2/listener:Listener",
    "aws:lb/loadBalancer:LoadBalancer": "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup": "aws:elasticloadbalancingv2/targetGroup:TargetGroup",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": (
        "aws:elasticloadbalancingv2/targetGroupAttachment:TargetGroupAttachment"
    ),
    "aws:s3/bucket:Bucket": "aws:s3/bucketV2:BucketV2",
}


@dataclass(frozen=True)
class ConstructCall:
    """Settings that all resources of one Construct call share."""

    monitor: Monitor
    stack: str
    preview: bool
    sdks: Mapping[str, Sdk]
    stack_trace: str = ""
    protect: bool | None = None


@dataclass(frozen=True)
class Registered:
    """A registered or looked-up resource. `resource["arn"]` is an output that depends on it."""

    urn: str
    type: str
    identity: Any
    values: Mapping[str, Any] = field(repr=False)
    preview: bool = False

    @property
    def id(self) -> Output:
        return Output(self.identity, False, (self.urn,))

    @property
    def reference(self) -> ResourceReference:
        return ResourceReference(self.urn, self.identity, package_version(package_of(self.type)))

    @property
    def provider(self) -> str:
        """The reference by which other resources name this provider."""
        return f"{self.urn}::{UNKNOWN_SENTINEL if self.identity is UNKNOWN else self.identity}"

    def __getitem__(self, name: str) -> Output:
        """Returns an output. An absent one is unknown during a preview, because it may still get a value, else None."""
        value = self.values.get(name, UNKNOWN if self.preview else None)
        return Output(value.value if isinstance(value, Secret) else value, isinstance(value, Secret), (self.urn,))


class ComponentContext:
    """One component. `urn` is the component's, which is the parent of the resources that it registers."""

    def __init__(self, call: ConstructCall, urn: str) -> None:
        self.call = call
        self.urn = urn

    def component(self, type_token: str, name: str, alias: alias_pb2.Alias) -> ComponentContext:
        """Registers a component inside this one and returns its context."""
        request = component_request(type_token, name, self.urn)
        request.aliases.append(alias)
        self._common(request, self.urn)
        for package, provider in self.call.monitor.providers.items():
            request.providers[package] = provider
        return ComponentContext(self.call, self.call.monitor.register(request).urn)

    def register(
        self,
        type_token: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        parent: Registered | None = None,
        depends_on: Sequence[Registered] = (),
        provider: str = "",
    ) -> Registered:
        """Registers a child resource. Inputs that its type does not have are dropped, as in the SDK's constructors."""
        given = self._inputs(type_token, inputs)
        wire = to_wire(given)
        urns = {key: dependencies(given[key]) for key in wire}
        explicit = [resource.urn for resource in depends_on]
        request = resource_pb2.RegisterResourceRequest(
            type=type_token,
            name=name,
            custom=True,
            object=to_struct(wire),
            provider=provider or self.call.monitor.providers.get(package_of(type_token), ""),
            dependencies=sorted({urn for each in urns.values() for urn in each} | set(explicit)),
            propertyDependencies={
                key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=sources)
                for key, sources in urns.items()
            },
            aliases=[type_alias(_FORMER_TYPES[type_token])] if type_token in _FORMER_TYPES else [],
        )
        self._common(request, parent.urn if parent else self.urn)
        if type_token.startswith("pulumi:providers:"):
            # The real provider registers its own providers without a parent.
            request.parent = ""
        answer = self.call.monitor.register(request)
        # A property without a final value from the engine keeps the requested value.
        values = {**wire, **from_struct(answer.object)}
        identity = answer.id or (UNKNOWN if self.call.preview else "")
        return Registered(answer.urn, type_token, identity, values, self.call.preview)

    def invoke(self, token: str, arguments: Mapping[str, Any], provider: str = "") -> Output:
        """Returns a function's result, which is unknown while its arguments are unknown."""
        given = {key: value for key, value in arguments.items() if value is not None}
        return apply(lambda bare: self.call.monitor.invoke(token, bare, provider), given)

    def resolve(self, reference: Any) -> Registered:
        """Looks up the resource that a reference from the program names. Raises ValueError if it is no reference."""
        bare = strip(reference)
        if not isinstance(bare, ResourceReference):
            raise ValueError(f"found {bare!r}, expected a resource; pass the resource itself, not its name or id")
        answer = self.call.monitor.invoke("pulumi:pulumi:getResource", {"urn": bare.urn})
        type_token = bare.urn.split("::")[2].rpartition("$")[2]
        return Registered(bare.urn, type_token, answer["id"] or UNKNOWN, answer["state"], self.call.preview)

    def finish(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Registers the component's outputs with the engine and returns them in wire form."""
        outputs = to_wire({key: _as_value(value) for key, value in state.items()})
        self.call.monitor.outputs(self.urn, outputs)
        return outputs

    def _inputs(self, type_token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        given = {**_DEFAULTS.get(type_token, {}), **{k: v for k, v in inputs.items() if v is not None}}
        if type_token.startswith("pulumi:providers:"):
            return given
        declared = self.call.sdks[package_of(type_token)].resource(type_token).inputs
        return {key: value for key, value in given.items() if key in declared}

    def _common(self, request: resource_pb2.RegisterResourceRequest, parent: str) -> None:
        request.parent = parent
        request.acceptSecrets = True
        request.acceptResources = True
        request.supportsPartialValues = True
        request.aliasSpecs = True
        request.parentStackTraceHandle = self.call.stack_trace
        if self.call.protect is not None:
            request.protect = self.call.protect


def component_request(type_token: str, name: str, parent: str) -> resource_pb2.RegisterResourceRequest:
    return resource_pb2.RegisterResourceRequest(
        type=type_token,
        name=name,
        parent=parent,
        custom=False,
        aliasSpecs=True,
        acceptSecrets=True,
        acceptResources=True,
        supportsPartialValues=True,
    )


def type_alias(type_token: str) -> alias_pb2.Alias:
    return alias_pb2.Alias(spec=alias_pb2.Alias.Spec(type=type_token))


def name_alias(name: str) -> alias_pb2.Alias:
    return alias_pb2.Alias(spec=alias_pb2.Alias.Spec(name=name))


def _as_value(value: Any) -> Any:
    if isinstance(value, Registered):
        return value.reference
    return [_as_value(item) for item in value] if isinstance(value, list) else value
