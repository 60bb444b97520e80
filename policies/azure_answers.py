"""How long an answer may take of what stands behind a gateway or a Front Door on Azure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .durations import minutes
from .resources import Resource, Stack

ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
SERVICE = "azure-native:apimanagement:ApiManagementService"
API, API_POLICY = "azure-native:apimanagement:Api", "azure-native:apimanagement:ApiPolicy"
# how callers name them: type → the property with the name, and the end of the host name
HOSTS = {ENDPOINT: ("endpointName", ".inference.ml.azure.com"), SERVICE: ("serviceName", ".azure-api.net")}
# https://learn.microsoft.com/en-us/azure/api-management/forward-request-policy
FORWARDS = re.compile(r"""<forward-request\b[^>]*?\btimeout=["'](\d+)["']""")


def list_answer_times(source: Resource, path: str, hosts: list[str], stack: Stack) -> Iterator[float]:
    """The seconds that the online deployments and APIs of the program may take which `source` names, or a host does."""
    linked = stack.follow(source, path, *HOSTS)
    for behind in stack.of(*HOSTS):
        if behind in linked or any(_answers_to(behind, host) for host in hosts):
            yield from _times_of_api(behind, stack) if behind.type == SERVICE else _times_of_endpoint(behind, stack)


def _answers_to(behind: Resource, host: str) -> bool:
    path, end = HOSTS[behind.type]
    name = behind.text_if_known(path) or behind.text_if_known("name")
    return bool(name) and host.casefold().startswith(f"{name}.".casefold()) and host.endswith(end)


def _times_of_endpoint(endpoint: Resource, stack: Stack) -> Iterator[float]:
    for deployment in stack.referring(endpoint, DEPLOYMENT, "endpointName"):
        yield 60 * minutes(deployment.text_if_known("properties.requestSettings.requestTimeout"))


def _times_of_api(service: Resource, stack: Stack) -> Iterator[float]:
    for api in stack.referring(service, API, "serviceName"):
        for policy in stack.referring(api, API_POLICY, "apiId"):
            yield from map(float, FORWARDS.findall(policy.text_if_known("value") or ""))
