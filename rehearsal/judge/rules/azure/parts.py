"""Parts of gateways, balancers and networks: they have names of their own, and refer only to parts that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.networks import NETWORK, SECURITY
from rehearsal.values import UNKNOWN

# The parts of these types refer to each other by ids that end in `/<part>/<name>`. A balancer's pools and inbound rules
# can be resources of their own.
_PARTS = {
    "azure-native:network:ApplicationGateway": (
        "applicationGateways",
        "applicationGatewayName",
        {
            "backendAddressPools", "backendHttpSettingsCollection", "frontendIPConfigurations", "frontendPorts",
            "httpListeners", "probes", "redirectConfigurations", "rewriteRuleSets", "sslCertificates", "sslProfiles",
            "trustedRootCertificates", "urlPathMaps",
        },
    ),
    "azure-native:network:LoadBalancer": (
        "loadBalancers", "loadBalancerName", {"frontendIPConfigurations", "probes"}
    ),
}  # fmt: skip


@rule(*_PARTS, source="https://github.com/MicrosoftDocs/azure-docs/pull/111001")
def parts_that_are_there(it: Resource) -> Found:
    segment, own_name, parts = _PARTS[it.type]
    start = re.compile(rf"/{segment}/{re.escape(it.text(own_name))}/(\w+)/([^/]+)$", re.IGNORECASE)
    for path, text in _list_ids(it.inputs) if it.text(own_name) else ():
        found = start.search(text)
        part = next((part for part in parts if found and part.lower() == found[1].lower()), "")
        names = (
            [block.get("name") for _, block in it.blocks(part)] if part and it.get(part) is not UNKNOWN else [UNKNOWN]
        )
        if found and UNKNOWN not in names and found[2].lower() not in (str(name).lower() for name in names):
            message = (
                f"InvalidResourceReference: Resource {part}/{found[2]} referenced by resource was not found. Please"
            )
            yield path, f"{message} make sure that the referenced resource exists"


def _list_ids(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields every text with the name `id`, at any depth, with its path."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _list_ids(item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            where = f"{path}.{name}".lstrip(".")
            if name == "id" and isinstance(item, str):
                yield where, item
            yield from _list_ids(item, where)


_NAMED = (
    *_PARTS, NETWORK, SECURITY, "azure-native:network:AzureFirewall", "azure-native:network:NetworkInterface",
    "azure-native:network:RouteTable",
)  # fmt: skip
_NAME = re.compile(r"\w([\w.-]{0,78}\w)?")


@rule(*_NAMED, source="https://github.com/Azure/application-gateway-kubernetes-ingress/pull/214")
def parts_have_names_of_their_own(it: Resource) -> Found:
    for path, value in it.inputs.items():
        names = [block.text("name").lower() for _, block in it.blocks(path)] if isinstance(value, list) else []
        for name in list_repeated(names):
            message = (
                "InvalidRequestFormat: Cannot parse the request. DuplicateResourceName: the resource has two child"
            )
            yield path, f"{message} resources with the same name ({name})"


@rule(*_NAMED, source="https://github.com/rh-mobb/documentation/pull/204")
def names_of_parts(it: Resource) -> Found:
    for path, block in (
        block for top, value in it.inputs.items() if isinstance(value, list) for block in it.blocks(top)
    ):
        name = block.text("name")
        if name and not _NAME.fullmatch(name):
            message = f"InvalidResourceName: Resource name {name} is invalid. The name can be up to 80 characters long."
            told = f"{message} It must begin with a word character, and it must end with a word character or with '_'."
            yield f"{path}.name", f"{told} The name may contain word characters or '.', '-', '_'."
