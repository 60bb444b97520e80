"""Azure Machine Learning: traffic weights of endpoints, and instance counts of deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Resource, as_number
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule

ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
TEMPLATE = "azure-native:resources:Deployment"
_LEARN = "https://learn.microsoft.com/azure/machine-learning"


@rule(ENDPOINT, TEMPLATE, source=f"{_LEARN}/how-to-safely-rollout-online-endpoints")
def traffic_is_whole(it: Resource) -> Found:
    for path, endpoint in _endpoints(it):
        shares = endpoint.get("properties.traffic"), endpoint.get("properties.mirrorTraffic")
        for name, message in _refuse_shares(*shares):
            yield f"{path}properties.{name}", message


def _endpoints(it: Resource) -> list[tuple[str, Resource]]:
    """The endpoint, or the endpoints in an ARM template, each with the prefix of its property paths."""
    if it.type == ENDPOINT:
        return [("", it)]
    parts = it.blocks("properties.template.resources")
    return [(f"{path}.", part) for path, part in parts if part.text("type").lower().endswith("/onlineendpoints")]


def _refuse_shares(traffic: Any, mirror: Any) -> Found:
    shares = [as_number(share) for share in traffic.values()] if isinstance(traffic, Mapping) else []
    known = [share for share in shares if share is not None]
    if len(known) == len(shares) and sum(known) not in (0, 100):
        yield "traffic", f"found {sum(known):g} in all, expected percentages that sum to 100 (or 0: no traffic)"
    copies = [share for share in map(as_number, mirror.values()) if share] if isinstance(mirror, Mapping) else []
    if len(copies) > 1:
        yield "mirrorTraffic", f"BadArgument: one deployment can receive mirrored traffic, found {len(copies)}"
    if sum(copies) > 50:
        yield "mirrorTraffic", f"BadArgument: at most 50 percent can be mirrored, found {sum(copies):g}"
    for name in mirror if isinstance(mirror, Mapping) and isinstance(traffic, Mapping) else ():
        if as_number(mirror[name]) and as_number(traffic.get(name)):
            yield "mirrorTraffic", f"BadArgument: {name!r} cannot receive live and mirrored traffic at once"


@rule(DEPLOYMENT, source=f"{_LEARN}/how-to-manage-quotas")
def instances_of_a_deployment(it: Resource) -> Found:
    capacity, most = it.number("sku.capacity"), quota("azure-instances-per-deployment")
    if capacity is not None and capacity > most:
        message = f"BadArgument: a deployment has at most {most} instances, found {capacity:g}"
        yield "sku.capacity", f"{message} {advise('azure-instances-per-deployment')}"
