"""Entry points that are off: what is there, is part of the request path, and lets nobody through."""

from __future__ import annotations

from collections.abc import Iterator

from ..azure_traffic import ENDPOINT as ONLINE
from ..azure_traffic import TEMPLATE, traffic_of
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability

LISTENER, LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
ACCELERATED = "aws:globalaccelerator/endpointGroup:EndpointGroup"
MANAGER, MANAGED = "azure-native:trafficmanager:Profile", "azure-native:trafficmanager:Endpoint"
APP = "azure-native:web:WebApp"
# type → the switch, and how it stands when nobody gets through
SWITCHES = {
    "aws:lambda/eventSourceMapping:EventSourceMapping": ("enabled", False),
    "aws:cloudfront/distribution:Distribution": ("enabled", False),
    "aws:globalaccelerator/accelerator:Accelerator": ("enabled", False),
    "aws:scheduler/schedule:Schedule": ("state", "DISABLED"),
    "azure-native:cdn:AFDEndpoint": ("enabledState", "Disabled"),
    "azure-native:cdn:AFDOrigin": ("enabledState", "Disabled"),
    "azure-native:cdn:Route": ("enabledState", "Disabled"),
    MANAGER: ("profileStatus", "Disabled"),
    APP: ("enabled", False),
    "azure-native:apimanagement:ApiManagementService": ("disableGateway", True),
    "azure-native:containerservice:ManagedCluster": ("powerState", {"code": "Stopped"}),
    ACCELERATED: ("trafficDialPercentage", 0),
}
# of which one may be off beside so many that are on: the region for the day when another fails, an origin of three
SPARE = {ACCELERATED: 1, "azure-native:cdn:AFDOrigin": 2}
# type → the list of targets, and the share of each
SHARES = {
    LISTENER: ("defaultActions", "forward.targetGroups", "weight"),
    LISTENER_RULE: ("actions", "forward.targetGroups", "weight"),
    ACCELERATED: ("", "endpointConfigurations", "weight"),
}


@availability.medium(
    *SWITCHES,
    reference="https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-traffic-dial.html",
    fix="Switch it on, or take it out of the program.",
)
def entry_point_is_enabled(entry: Resource, stack: Stack) -> Iterator[str]:
    """An entry point for requests or messages is enabled.

    A switch is turned in an incident, or for a trial, and stays: nothing is broken, no alarm fires, and no request
    arrives, or a second region that failover relies on is not there. It is advice, because somebody may mean it.
    (docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html,
    learn.microsoft.com/en-us/azure/traffic-manager/traffic-manager-monitoring.)
    """
    path, off = SWITCHES[entry.type]
    others = [spare for spare in stack.of(*SPARE) if spare.type == entry.type and spare.raw.get(path) != off]
    if entry.raw.get(path) == off and len(others) < SPARE.get(entry.type, 1):
        yield f"{path} is {entry.show(path)}, wanted it on"


@availability.critical(
    *SHARES,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions",
    fix="Give at least one target a weight above 0.",
)
def entry_point_weights_are_not_all_zero(entry: Resource, stack: Stack) -> Iterator[str]:
    """Of the weighted targets of an entry point at least one gets requests.

    Requests are shared by weight. Where every weight is 0 nobody stands behind the entry point: a load balancer
    answers with an error, an accelerator picks an endpoint at random. (One of several regions may be drained.)
    """
    outer, path, share = SHARES[entry.type]
    if entry.type == ACCELERATED and len(stack.of(ACCELERATED)) > 1:
        return
    for action in entry.children(outer) if outer else [entry]:
        weights = [target.number(share) for target in action.children(path)]
        if weights and not any(weight is None or weight > 0 for weight in weights):
            yield f"{share} of every entry of {path} is 0, wanted one above 0"


@availability.critical(
    ONLINE,
    TEMPLATE,
    reference="https://learn.microsoft.com/en-us/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes",
    fix="Give a deployment 100 of the endpoint's traffic.",
)
def azure_endpoint_traffic_is_not_all_zero(endpoint: Resource) -> Iterator[str]:
    """An online endpoint sends its traffic somewhere.

    An endpoint without a deployment of positive weight answers 404 to everybody who names no deployment in a header.
    An endpoint whose traffic names no deployment yet is being made. (A template that sets the shares counts too.)
    """
    for shares in traffic_of(endpoint):
        names = shares.keys()
        if names and not any(shares.number(name) for name in names):
            yield "properties.traffic of every deployment is 0, wanted 100 in all"


@availability.high(
    MANAGER,
    reference="https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.TrafficManager.Endpoints/",
    fix="Enable two endpoints without always_serve, and set ttl of dns_config to 300 or less.",
)
def azure_traffic_manager_fails_over(profile: Resource, stack: Stack, *, seconds: int = 300) -> Iterator[str]:
    """Traffic Manager has a second endpoint to fail over to, asks each for its health, and has a short TTL.

    It answers with names, which callers keep for their time to live: for that long they go on asking the region that is
    down. An endpoint that is disabled is never answered with; beside two that are enabled it may be. One that is always
    served is never asked for its health, and gets its share of the callers when it is down.
    (learn.microsoft.com/en-us/azure/traffic-manager/traffic-manager-performance-considerations.)
    """
    ttl = profile.number("dnsConfig.ttl") or 0
    if ttl > seconds:
        yield f"dnsConfig.ttl is {ttl:g} s, wanted {seconds} s or less"
    endpoints = [*profile.children("endpoints"), *stack.referring(profile, MANAGED, "profileName")]
    if len(endpoints) == 1:
        yield "there is one endpoint, wanted another to fail over to"
    for endpoint in endpoints:
        if endpoint.text("alwaysServe") == "Enabled":
            yield f'alwaysServe of {endpoint.show("name")} is "Enabled", wanted its health asked'
    targets = [endpoint.text("target") for endpoint in endpoints if endpoint.has("target")]
    if len(targets) > 1 and len(set(targets)) == 1:
        yield f"every endpoint is {targets[0]}, wanted another to fail over to"
    if sum(endpoint.text("endpointStatus") != "Disabled" for endpoint in endpoints) < 2:
        for endpoint in endpoints:
            yield from _switched_off(endpoint)


def _switched_off(endpoint: Properties) -> Iterator[str]:
    if endpoint.text("endpointStatus") == "Disabled":
        yield f'endpointStatus of {endpoint.show("name")} is "Disabled", wanted it enabled'
