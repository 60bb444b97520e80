"""The generic provider: the engine's resource protocol for one SDK, one cloud and its inventory.

It decodes requests, calls the pure modules (`check`, `diff`, …) and encodes responses. All that differs between clouds
is in the `Cloud`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.cloud import Call, Cloud, CloudError, PlannedResource
from rehearsal.inventory import AlreadyExistsError, Entry, Inventory
from rehearsal.judge.refusal import Refusal
from rehearsal.provider import resource_outputs as answers
from rehearsal.provider.check import check
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider.diff import diff
from rehearsal.provider.external import describe_external, is_external
from rehearsal.provider.name_conflict import already_exists, find_conflict
from rehearsal.provider.naming import DEFAULTS, is_automatic, name_resource
from rehearsal.provider.protocol import BaseProvider, decode_config
from rehearsal.provider.responses import answer_diff, answer_failure
from rehearsal.sdk.package import ResourceType, Sdk, UnknownTokenError
from rehearsal.values import from_struct, is_known, to_struct, unwrap

_GENERATIONS = 1000
_ENGINES_OWN = frozenset({"version", "pluginDownloadURL"})


class CloudProvider(BaseProvider):
    """One package of one cloud, served to any number of engines at once."""

    def __init__(self, sdk: Sdk, cloud: Cloud, inventory: Inventory) -> None:
        super().__init__()
        self.package = sdk.package
        self.distribution = sdk.module_name
        self._sdk, self._cloud, self._inventory = sdk, cloud, inventory

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        # Only names are checked, because the engine adds `version` etc. and sends compound settings as JSON text.
        declared = self._sdk.provider_inputs()
        failures = [r for r in check(from_struct(request.news), declared) if r.path not in {*declared, *_ENGINES_OWN}]
        failures = [answer_failure(failure) for failure in failures if failure.path == failure.property]
        return pb.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        changes = diff(from_struct(request.old_inputs), from_struct(request.news), lambda path: False)
        return answer_diff([change for change in changes if change.property not in _ENGINES_OWN])

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> pb.ConfigureResponse:
        config = decode_config(unwrap(from_struct(request.args)), self._sdk.provider_inputs())
        self.connections.configure(context.peer(), config)
        return self.answer_configure()

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> pb.CheckResponse:
        try:
            kind = self._sdk.resource(request.type)
        except UnknownTokenError as error:
            return pb.CheckResponse(failures=[pb.CheckFailure(reason=str(error))])
        config = self.config(context)
        inputs = {key: value for key, value in from_struct(request.news).items() if value is not None}
        inputs = self._cloud.defaults(kind, inputs, config) | inputs
        named = self._name(kind, request, inputs, config)
        failures: list[CheckFailure | Refusal] = [named] if isinstance(named, CheckFailure) else []
        inputs |= named if isinstance(named, dict) else {}
        failures += check(inputs, kind.inputs) or self._cloud.check(kind, inputs)
        return pb.CheckResponse(inputs=to_struct(inputs), failures=[answer_failure(failure) for failure in failures])

    def _name(
        self, kind: ResourceType, request: pb.CheckRequest, inputs: Mapping[str, Any], config: Mapping[str, Any]
    ) -> dict[str, Any] | CheckFailure:
        naming = self._cloud.naming(kind)
        if naming is None or any(inputs.get(name) is not None for name in (naming.input, naming.prefix)):
            return {}

        def is_taken(name: str) -> bool:
            scope = self._cloud.scope(kind, request.urn, unwrap(dict(inputs)), config)
            existing = (entry for entry in self._inventory.of_type(kind.token) if entry.scope == scope)
            return any(entry.inputs.get(naming.input) == name for entry in existing)

        name = name_resource(naming, request, inputs, from_struct(request.olds), is_taken)
        return name if isinstance(name, CheckFailure) else {naming.input: name, DEFAULTS: [naming.input]}

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> pb.DiffResponse:
        kind = self._sdk.resource(request.type)
        olds, news = from_struct(request.old_inputs), from_struct(request.news)
        if is_external(olds):
            return answer_diff([])
        changes = diff(olds, news, lambda path: self._cloud.replaces(kind, path))
        # The engine applies `ignoreChanges` to an update itself, but leaves it to the provider in a refresh.
        ignored = set(request.ignoreChanges)
        response = answer_diff([change for change in changes if not ignored & {change.path, change.property}])
        if response.replaces:
            response.deleteBeforeReplace = self._deletes_first(kind, olds, news)
        return response

    def _deletes_first(self, kind: ResourceType, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
        """Whether the old resource must be deleted first: because of its type, or because the program gives both
        resources the same name."""
        naming = self._cloud.naming(kind)
        if self._cloud.deletes_before_replace(kind) or naming is None:
            return self._cloud.deletes_before_replace(kind)
        name = unwrap(news.get(naming.input))
        renamed = name != unwrap(olds.get(naming.input)) or (naming.digits and is_automatic(naming, news))
        return bool(name) and not renamed

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        inputs = from_struct(request.properties)
        planned = self._plan(request, inputs, context)
        if request.preview:
            if other := find_conflict(self._cloud, self._inventory, planned):
                context.abort(grpc.StatusCode.ALREADY_EXISTS, already_exists(planned, other.id, other))
            return pb.CreateResponse(properties=to_struct(answers.preview(self._cloud, planned)))
        if refusal := self._cloud.refuse(self._inventory, planned):
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, refusal)
        entry = self._create(planned, context)
        self._cloud.act_alone(self._inventory, None, entry)
        return pb.CreateResponse(id=entry.id, properties=to_struct(entry.outputs))

    def _create(self, planned: PlannedResource, context: grpc.ServicerContext) -> Entry:
        """Creates an entry. If the identity is taken and the cloud generates identities, another one is generated."""
        identity = None
        for generation in range(_GENERATIONS):
            seeded = planned.with_seed(generation)
            previous, identity = identity, self._cloud.identity(seeded)
            if identity == previous:
                break
            entry = self._entry(seeded, identity)
            try:
                self._inventory.create(entry)
            except AlreadyExistsError:
                continue
            return entry
        holder = self._inventory.find(planned.kind.token, planned.scope, str(identity))
        return context.abort(grpc.StatusCode.ALREADY_EXISTS, already_exists(planned, str(identity), holder))

    def _entry(self, planned: PlannedResource, identity: str) -> Entry:
        outputs = answers.apply(self._cloud, planned, identity)
        return Entry(
            planned.kind.token, planned.scope, identity, planned.urn, planned.seed, dict(planned.inputs), outputs
        )

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        inputs = from_struct(request.news)
        planned = self._plan(request, inputs, context)
        if request.preview:
            given = from_struct(request.old_inputs)
            before = {name: value for name, value in unwrap(from_struct(request.olds)).items() if name not in given}
            counters = self._cloud.counters(planned.kind, unwrap(given), planned.inputs)
            moved = frozenset(name for name, counts in counters.items() if counts)
            return pb.UpdateResponse(properties=to_struct(answers.preview(self._cloud, planned, before, moved)))
        resource = self._inventory.find(request.type, planned.scope, request.id)
        if resource is None:
            context.abort(grpc.StatusCode.NOT_FOUND, _say_missing(request.type, request.id, planned.scope))
        if refusal := self._cloud.refuse(self._inventory, planned):
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, refusal)
        entry = self._entry(replace(planned, seed=resource.seed), resource.id)
        counters = self._cloud.counters(planned.kind, resource.inputs, planned.inputs)
        counted = {
            name: _next(resource.outputs[name]) if counts else resource.outputs[name]
            for name, counts in counters.items()
        }
        entry.outputs.update(counted)
        self._inventory.replace(entry)
        self._cloud.act_alone(self._inventory, resource, entry)
        return pb.UpdateResponse(properties=to_struct(entry.outputs))

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        planned = self._plan(request, from_struct(request.old_inputs), context)
        self._inventory.delete(request.type, planned.scope, request.id)
        return Empty()

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> pb.ReadResponse:
        """Returns the resource with this id, or an empty response if it does not exist (any more)."""
        kind = self._sdk.resource(request.type)
        given = from_struct(request.inputs)
        plain = unwrap(given) or unwrap(from_struct(request.properties))
        scope = self._cloud.scope(kind, request.urn, plain, self.config(context))
        resource = self._inventory.find(request.type, scope, request.id) or self._cloud.default_resource(
            kind, scope, request.id
        )
        if resource is None and not plain:
            resource = self._read_external(kind, request, scope, context)
        if resource is None:
            return pb.ReadResponse()
        inputs = given if given and is_external(resource.inputs) else answers.with_secrets(resource.inputs, given)
        return pb.ReadResponse(id=resource.id, properties=to_struct(resource.outputs), inputs=to_struct(inputs))

    def _read_external(
        self, kind: ResourceType, request: pb.ReadRequest, scope: str, context: grpc.ServicerContext
    ) -> Entry | None:
        """Adds an external resource to the inventory. This applies only to a read by id without inputs: a resource
        with inputs that the inventory lacks was deleted."""
        entry = describe_external(self._cloud, kind, request.urn, scope, self.config(context), request.id)
        if entry is not None:
            with suppress(AlreadyExistsError):
                self._inventory.create(entry)
        return entry

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> pb.InvokeResponse:
        arguments = unwrap(from_struct(request.args))
        if not is_known(arguments):
            return pb.InvokeResponse()
        config = self.config(context)
        try:
            kind = self._sdk.function(request.tok)
            scope = self._cloud.scope_of_call(arguments, config)
            call = Call(kind, arguments, scope, config, self._inventory, self._sdk.find_resource)
            answer = self._cloud.invoke(call)
        except (UnknownTokenError, CloudError) as error:
            return pb.InvokeResponse(failures=[pb.CheckFailure(reason=str(error))])
        # The field's name `return` is a Python keyword.
        return pb.InvokeResponse(**{"return": to_struct(answer)})  # pyright: ignore[reportArgumentType] (the stubs)

    def _plan(self, request: Any, inputs: Mapping[str, Any], context: grpc.ServicerContext) -> PlannedResource:
        kind = self._sdk.resource(request.type)
        plain, config = unwrap(dict(inputs)), self.config(context)
        return PlannedResource(
            kind, request.urn, request.name, plain, self._cloud.scope(kind, request.urn, plain, config), config
        )


def _next(count: int | str) -> int | str:
    """The next number, or the text with its last number incremented (`…:function:f:7/invocations`)."""
    if isinstance(count, int):
        return count + 1
    return re.sub(r"\d+(?=(/invocations)?$)", lambda digits: str(int(digits[0]) + 1), count)


def _say_missing(kind: str, identity: str, scope: str) -> str:
    return f"NotFound: {kind} {identity!r} does not exist in {scope}; it was deleted elsewhere, refresh the stack first"
