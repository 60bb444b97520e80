"""Named faults of the clouds, to test the tool's verdict on a deployment.

`faults.toml` describes each fault. The inventory holds what really runs, such as the old resource after a rollback.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.endpoints import FAULT
from rehearsal.inventory import Entry
from rehearsal.provider.resources import CloudProvider
from rehearsal.values import from_struct, to_struct, unwrap

_ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
_SERVICE = "aws:ecs/service:Service"
_DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
_WARM = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
_TAKEN_BEFORE_THE_FAILURE = 3


@dataclass(frozen=True)
class CloudChange:
    """A creation (`before` is None) or update of a resource. `number` counts all changes from 1."""

    type: str
    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    number: int = 1

    def moves(self, name: str) -> bool:
        return self.before is None or self.before.get(name) != self.after.get(name)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a change. `error` is the provider's message, and `done` says whether the cloud made the change."""

    error: str = ""
    done: bool = False


def _sagemaker_rolls_back(change: CloudChange) -> Outcome | None:
    updated = change.type == _ENDPOINT and change.before is not None
    return Outcome() if updated and change.moves("endpointConfigName") else None


def _ecs_circuit_breaker(change: CloudChange) -> Outcome | None:
    if change.type != _SERVICE or not change.moves("taskDefinition"):
        return None
    message = f"waiting for ECS Service ({change.name}): deployment failed: tasks failed to start; rolling back"
    waits = change.after.get("waitForSteadyState") is True or change.before is None
    return Outcome(message if waits else "")


def _ecs_alarm_turns_back(change: CloudChange) -> Outcome | None:
    """The message of a provider that waits: https://github.com/hashicorp/terraform-provider-aws, ecs/service.go."""
    alarms = change.after.get("alarms") or {}
    if change.type != _SERVICE or change.before is None or not (alarms.get("enable") and alarms.get("rollback")):
        return None
    if not change.moves("taskDefinition"):
        return None
    message = f"waiting for ECS Service ({change.name}) update: Deployment failed"
    return Outcome(message if change.after.get("waitForSteadyState") is True else "")


def _azure_slot_fails(_change: CloudChange) -> Outcome | None:
    """All changes succeed, but requests to the endpoint fail (`endpoints.py`)."""
    return None


def _azure_deployment_crashes(change: CloudChange) -> Outcome | None:
    if change.type != _DEPLOYMENT:
        return None
    return Outcome(
        f'Code="BadRequest" Message="ResourceNotReady: User container has crashed or terminated: {change.name}"'
    )


def _fails_half_way(change: CloudChange) -> Outcome | None:
    if change.number <= _TAKEN_BEFORE_THE_FAILURE:
        return None
    message = "The request processing has failed because of an unknown error, exception or failure"
    return Outcome(f"InternalFailure: {message}")


def _throttle(change: CloudChange) -> Outcome | None:
    if change.type.startswith("azure-native:"):
        return Outcome('Code="TooManyRequests" Message="The request is being throttled."')
    if not change.type.startswith("aws:"):
        return None
    return Outcome("exceeded maximum number of attempts, 25, api error ThrottlingException: Rate exceeded")


def _quota_exceeded(change: CloudChange) -> Outcome | None:
    refusals = {
        _ENDPOINT: "ResourceLimitExceeded: The account-level service limit for endpoint usage is 0 Instances",
        _SERVICE: "InvalidParameterException: You've reached the limit on the number of vCPUs you can run concurrently",
        _DEPLOYMENT: 'Code="OutOfQuota" Message="Not enough quota available for the instance type."',
        _WARM: "InvalidParameterValueException: Specified ConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value",
    }
    return Outcome(refusals[change.type]) if change.type in refusals else None


def _slow_endpoint(change: CloudChange) -> Outcome | None:
    if change.type not in (_ENDPOINT, "azure-native:machinelearningservices:OnlineEndpoint"):
        return None
    message = "timeout while waiting for state to become 'InService' (last state: 'Creating', timeout: 1h0m0s)"
    return Outcome(f"waiting for {change.name}: {message}", done=True)


FAULTS: Mapping[str, Callable[[CloudChange], Outcome | None]] = {
    "azure-deployment-crashes": _azure_deployment_crashes,
    "ecs-alarm-turns-back": _ecs_alarm_turns_back,
    FAULT: _azure_slot_fails,
    "ecs-circuit-breaker": _ecs_circuit_breaker,
    "fails-half-way": _fails_half_way,
    "quota-exceeded": _quota_exceeded,
    "sagemaker-rolls-back": _sagemaker_rolls_back,
    "slow-endpoint": _slow_endpoint,
    "throttled": _throttle,
}


class Count:
    """A thread-safe counter of changes, shared by the providers of all packages."""

    def __init__(self) -> None:
        self._lock, self._last = threading.Lock(), 0

    def next(self) -> int:
        with self._lock:
            self._last += 1
            return self._last


class FaultyProvider(CloudProvider):
    """A provider whose cloud has a fault."""

    def __init__(self, *parts: Any, fault: str, count: Count) -> None:
        super().__init__(*parts)
        self._outcome, self._count = FAULTS[fault], count

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> pb.CreateResponse:
        if request.preview:
            return super().Create(request, context)
        after = unwrap(from_struct(request.properties))
        outcome = self._outcome_of(request, None, after)
        if outcome.error and not outcome.done:
            context.abort(grpc.StatusCode.UNKNOWN, outcome.error)
        made = super().Create(request, context)
        if outcome.error:
            context.abort(grpc.StatusCode.UNKNOWN, outcome.error)
        return made

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> pb.UpdateResponse:
        if request.preview:
            return super().Update(request, context)
        before, after = (unwrap(from_struct(part)) for part in (request.old_inputs, request.news))
        outcome = self._outcome_of(request, before, after)
        done = super().Update(request, context) if outcome.done else None
        if outcome.error:
            context.abort(grpc.StatusCode.UNKNOWN, outcome.error)
        return done or pb.UpdateResponse(properties=to_struct(self._find_kept(request, context).outputs))

    def _outcome_of(self, request: Any, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Outcome:
        change = CloudChange(request.type, request.name, before, after, self._count.next())
        return self._outcome(change) or Outcome(done=True)

    def _find_kept(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> Entry:
        """Returns the unchanged resource. Aborts the call with NOT_FOUND if it does not exist."""
        scope = self._plan(request, from_struct(request.news), context).scope
        entry = self._inventory.find(request.type, scope, request.id)
        return entry or context.abort(grpc.StatusCode.NOT_FOUND, f"{request.id} does not exist in {scope}")
