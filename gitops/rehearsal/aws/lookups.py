"""Lookups of AWS: what the inventory holds, else what a program may expect to find in its account.

A real program looks up what others made: a hosted zone, a certificate, the default VPC. A rehearsal has no others, so
these are assumed to exist; a lookup of anything else that was not made in the rehearsal is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitops.rehearsal.answers import find, resource_of
from gitops.rehearsal.aws import default_vpc
from gitops.rehearsal.aws.assumed import ASSUMED
from gitops.rehearsal.cloud import Call

# Arguments whose resource calls them otherwise.
_RENAMED: Mapping[str, Mapping[str, str]] = {
    "aws:acm/getCertificate:getCertificate": {"domain": "domainName"},
    "aws:ecr/getImage:getImage": {"repositoryName": "name"},
    "aws:ecs/getCluster:getCluster": {"clusterName": "name"},
    "aws:rds/getInstance:getInstance": {"dbInstanceIdentifier": "identifier"},
    "aws:rds/getCluster:getCluster": {"clusterIdentifier": "clusterIdentifier"},
    "aws:lambda/getFunction:getFunction": {"functionName": "name"},
    "aws:sfn/getStateMachine:getStateMachine": {"name": "name"},
}
# Lists of ids: function → what it lists.
_LISTS: Mapping[str, str] = {
    "aws:ec2/getSecurityGroups:getSecurityGroups": "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/getSubnets:getSubnets": "aws:ec2/subnet:Subnet",
    "aws:ec2/getVpcs:getVpcs": "aws:ec2/vpc:Vpc",
    "aws:ec2/getRouteTables:getRouteTables": "aws:ec2/routeTable:RouteTable",
}


def look_up(call: Call) -> dict[str, Any] | None:
    """What is found, or None where there is nothing of the kind and nothing may be assumed."""
    token = call.kind.token
    if token in _LISTS:
        return _list(call, _LISTS[token])
    for entry in find(call, resource_of(token), _RENAMED.get(token)):
        return {**_inverse(token, entry.outputs), **entry.outputs, "id": entry.id}
    assumed = ASSUMED.get(token)
    return assumed(call) if assumed else None


def _inverse(token: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {argument: outputs[name] for argument, name in _RENAMED.get(token, {}).items() if name in outputs}


def _list(call: Call, token: str) -> dict[str, Any]:
    ids = [entry.id for entry in find(call, token)]
    if not ids and token == "aws:ec2/subnet:Subnet":
        ids = default_vpc.subnet_ids(call)
    if not ids and token == "aws:ec2/vpc:Vpc":
        ids = [default_vpc.vpc(call.scope)["id"]]
    return {"id": call.scope, "ids": ids}
