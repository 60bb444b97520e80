"""A provider that judges each resource together with the existing ones during an apply.

It serves engines that do not ask the judge about the whole program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.judge.beside import judge_beside, of_entry, region_of
from rehearsal.judge.program import Resource
from rehearsal.judge.rules import without_secrets
from rehearsal.provider.resources import CloudProvider
from rehearsal.provider_facts.type_facts import without_version
from rehearsal.values import from_struct


class JudgingProvider(CloudProvider):
    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        if not request.preview:
            self._judge(request, from_struct(request.properties), context)
        return super().Create(request, context)

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        if not request.preview:
            self._judge(request, from_struct(request.news), context)
        return super().Update(request, context)

    def _judge(self, request: Any, inputs: Mapping[str, Any], context: grpc.ServicerContext) -> None:
        """Aborts the call with FAILED_PRECONDITION if the cloud would refuse the resource beside the existing ones."""
        scope = self._plan(request, inputs, context).scope
        region = region_of(request.type, scope)
        resource = Resource(request.urn, without_version(request.type), without_secrets(inputs), region=region)
        refused = [str(refusal) for refusal in judge_beside(resource, map(of_entry, self._inventory.all()))]
        if refused:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "; ".join(dict.fromkeys(refused)))
