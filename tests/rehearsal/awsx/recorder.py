"""An aws provider that answers as the one behind the recordings did, and notes what it was asked to make."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.provider.protocol import BaseProvider
from rehearsal.values import UNKNOWN, from_struct, to_struct

ANSWERS: dict[str, dict[str, Any]] = {
    "aws:index/getRegion:getRegion": {"region": "us-east-1", "name": "us-east-1"},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": [f"us-east-1{z}" for z in "abcdef"]},
    "aws:ec2/getVpc:getVpc": {"id": "vpc-default"},
    "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-a", "subnet-b"]},
    "aws:ec2/getSubnet:getSubnet": {"id": "subnet-1", "vpcId": "vpc-1", "mapPublicIpOnLaunch": True},
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": {
        "proxyEndpoint": "https://123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "userName": "AWS",
        "password": "hunter2",
    },
    "aws:lb/getTargetGroup:getTargetGroup": {"targetType": "instance"},
    "aws:ec2/getInstance:getInstance": {"id": "i-1", "privateIp": "10.0.0.1", "availabilityZone": "us-east-1a"},
    "docker:index/getRemoteImage:getRemoteImage": {"id": "sha256:abc"},
}


class Recorder(BaseProvider):
    """Names and ARNs are known while previewing (`arn:aws:x:NAME`), everything else computed is not."""

    def __init__(self, package: str, distribution: str) -> None:
        super().__init__()
        self.package, self.distribution = package, distribution
        self._lock = threading.Lock()
        self.children: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def Check(self, request: Any, context: Any) -> Any:
        child = {"type_chain": type_chain(request.urn), "name": name(request.urn), "inputs": from_struct(request.news)}
        with self._lock:
            self.children.append(child)
        return pb.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        same = from_struct(request.old_inputs) == from_struct(request.news)
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE if same else pb.DiffResponse.DIFF_SOME)

    def Create(self, request: Any, context: Any) -> Any:
        given = from_struct(request.properties)
        resource = name(request.urn)
        values = {"name": resource, "arn": f"arn:aws:x:{resource}", **given}
        if isinstance(values.get("policy"), dict):
            # Stored as text; a program that awaits the object would hang, because the SDK declares text.
            values["policy"] = json.dumps(values["policy"])
        return pb.CreateResponse(id="" if request.preview else f"id-{resource}", properties=to_struct(values))

    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = from_struct(request.args)
        with self._lock:
            self.calls.append((request.tok, arguments))
        answer = {**ANSWERS[request.tok]}
        if "id" in answer and "id" in arguments:
            answer["id"] = arguments["id"]
        response = pb.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response


def type_chain(urn: str) -> list[str]:
    return [t for t in urn.split("::")[2].split("$") if t != "pulumi:pulumi:Stack"]


def name(urn: str) -> str:
    return urn.split("::")[3]


def comparable(children: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Children as the recordings hold them, in one order; unknowns as their sentinel."""
    plain = [{**child, "inputs": _plain(child["inputs"])} for child in children]
    return sorted(plain, key=lambda child: (child["type_chain"], child["name"]))


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # true is not 1, but Python's equality says so.
    return f"{value}".lower() + "!" if isinstance(value, bool) else value
