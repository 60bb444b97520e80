"""How an Azure online endpoint shares its traffic between deployments."""

from __future__ import annotations

from .properties import Properties
from .resources import Resource, Stack

ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
TEMPLATE = "azure-native:resources:Deployment"


def traffic_of(resource: Resource) -> list[Properties]:
    """The shares an endpoint declares, or those a template sets once the deployments exist."""
    return [endpoint.child("properties.traffic") for endpoint in _endpoints_of(resource)]


def mirrors_of(resource: Resource) -> list[Properties]:
    """The shares of which a deployment gets a copy."""
    return [endpoint.child("properties.mirrorTraffic") for endpoint in _endpoints_of(resource)]


def _endpoints_of(resource: Resource) -> list[Properties]:
    if resource.type == ENDPOINT:
        return [resource]
    parts = resource.children("properties.template.resources")
    return [part for part in parts if (part.text("type") or "").endswith("/onlineEndpoints")]


def waits(deployment: Resource, stack: Stack) -> bool:
    """Whether the endpoint gives its traffic to other deployments."""
    own = deployment.text_if_known("deploymentName") or deployment.text_if_known("name") or deployment.name
    shares = [
        t for type_ in (ENDPOINT, TEMPLATE) for endpoint in stack.of(type_) for t in traffic_of(endpoint) if t.keys()
    ]
    return bool(shares) and all(not traffic.has(own) or traffic.number(own) == 0 for traffic in shares)
