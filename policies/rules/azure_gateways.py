"""Gateways on Azure: whether Application Gateway, Front Door and API Management reach what is behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..azure_answers import list_answer_times
from ..durations import minutes
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, security
from .azure_entry_points import CLUSTER, FIREWALLS, GATEWAY, ORIGIN, ROUTE

GUARD = "azure-native:network:NetworkSecurityGroup"
BALANCER = "azure-native:network:LoadBalancer"
BACKEND = "azure-native:apimanagement:Backend"
AGW = "https://learn.microsoft.com/en-us/azure/application-gateway"
HTTP = "backendHttpSettingsCollection"
# what puts its own addresses into a gateway's pools
JOINING = (
    "azure-native:compute:VirtualMachineScaleSet",
    "azure-native:network:NetworkInterface",
)
PLATFORM = ("GatewayManager", "AzureLoadBalancer")
OWN_NAME = "azure-native:cdn:AFDCustomDomain"
FRONT = "azure-native:cdn:AFDEndpoint"
# firewall policy → the entry point that it can guard, and what attaches it, by which properties
ATTACHED_BY = {
    FIREWALLS[0]: (GATEWAY, GATEWAY, ("firewallPolicy", "httpListeners", "urlPathMaps")),
    FIREWALLS[1]: (FRONT, "azure-native:cdn:SecurityPolicy", ("parameters",)),
}
# services that know requests by their own host name
BY_NAME = re.compile(r".*\.(azurewebsites\.net|azurecontainerapps\.io|azure-api\.net|inference\.ml\.azure\.com)")


@availability.high(
    GATEWAY,
    reference=f"{AGW}/application-gateway-troubleshooting-502",
    fix="Give a backend pool addresses, and the HTTP settings a request_timeout of 20 or more.",
)
def azure_gateway_reaches_its_backends(gateway: Resource, stack: Stack, *, seconds: int = 20) -> Iterator[str]:
    """An application gateway has backends, and waits long enough for their answer.

    Without a backend it answers 502 to everybody, and when its time is over 504, while the model computes for nobody.
    Online deployments and APIs behind it say how long an answer may take. It is advice, because what puts addresses in
    may be another stack's.
    """
    pools = gateway.children("backendAddressPools")
    left = any(path.startswith("backendAddressPools") for path in gateway.ignores) or stack.of(*JOINING)
    left = left or any(cluster.flag("addonProfiles.ingressApplicationGateway.enabled") for cluster in stack.of(CLUSTER))
    if pools and not any(pool.count("backendAddresses") for pool in pools) and not left:
        yield "backendAddresses of every pool is empty, wanted the address of a backend"
    hosts = [host for pool in pools for entry in pool.children("backendAddresses") for host in _hosts_of(entry)]
    wanted = max([seconds, *list_answer_times(gateway, "backendAddressPools", hosts, stack)])
    for settings in gateway.children(HTTP):
        waits = settings.number("requestTimeout")
        if waits is not None and waits < wanted:
            yield f"requestTimeout is {waits:g} s, wanted {wanted:g} s or more"


def _hosts_of(address: Properties) -> list[str]:
    return address.texts("fqdn") if address.known("fqdn") else []


@availability.medium(
    GATEWAY,
    reference=f"{AGW}/features#connection-draining",
    fix="Enable connection_draining in the HTTP settings.",
)
def azure_gateway_drains_connections(gateway: Resource) -> Iterator[str]:
    """A backend that leaves an application gateway answers what it has begun.

    Without draining each deployment cuts off the requests that are being computed.
    """
    for settings in gateway.children(HTTP):
        if not settings.flag("connectionDraining.enabled"):
            yield f"connectionDraining.enabled is {settings.show('connectionDraining.enabled')}, wanted true"


@availability.high(
    GATEWAY,
    reference=f"{AGW}/application-gateway-probe-overview",
    fix="Set pick_host_name_from_backend_address, or host_name, in the HTTP settings.",
)
def azure_gateway_sends_the_backends_host_name(gateway: Resource) -> Iterator[str]:
    """An application gateway sends the host name that its backend expects.

    Container Apps, App Service and API Management know a request by its host name. Asked under the callers' name they
    answer 404, and the probe takes them for dead (github.com/Azure/aca-landing-zone-accelerator/issues/179). A probe
    with a host of its own says that the service knows the callers' name as well; such a gateway is left alone.
    """
    addresses = [
        address for pool in gateway.children("backendAddressPools") for address in pool.children("backendAddresses")
    ]
    shared = [fqdn for address in addresses if BY_NAME.fullmatch(fqdn := address.text("fqdn") or "")]
    preserved = any(probe.has("host") for probe in gateway.children("probes"))
    for settings in gateway.children(HTTP) if shared and len(shared) == len(addresses) and not preserved else ():
        if not settings.flag("pickHostNameFromBackendAddress") and not settings.has("hostName"):
            yield f"{settings.show('name')} sends no host name, wanted one: {shared[0]} answers to its own name alone"


@availability.medium(
    GATEWAY,
    reference="https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.AppGw.AvailabilityZone/",
    fix='Set zones to ["1", "2", "3"].',
)
def azure_gateway_spans_zones(gateway: Resource) -> Iterator[str]:
    """An application gateway lies in several zones.

    In a single zone it goes down with that zone, whatever runs in the others. It is advice, because some regions have
    no zones.
    """
    if gateway.count("zones") < 2:
        yield f"zones has {gateway.count('zones')} entries, wanted two or more"


@availability.high(
    ORIGIN,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/origin#origin-host-header",
    fix="Set origin_host_header to the origin's own host name.",
)
def azure_front_door_sends_the_origins_host_name(origin: Resource, stack: Stack) -> Iterator[str]:
    """Front Door sends the host name that its origin expects.

    Without an origin host header it sends the name that callers used. App Service, Container Apps and API Management
    know only their own, and answer 404 to any other. Where Front Door has a custom domain nothing is said: the service
    may have it too, and keep the name that callers used.
    """
    host = origin.text_if_known("hostName") or ""
    if stack.of(OWN_NAME):
        return
    if BY_NAME.fullmatch(host) and not origin.has("originHostHeader"):
        yield f"originHostHeader is not set for {host}, wanted that name"


@availability.high(
    GUARD,
    reference=f"{AGW}/configuration-infrastructure#network-security-groups",
    fix="Allow GatewayManager at 65200-65535 and AzureLoadBalancer.",
)
def azure_network_lets_the_platform_in(guard: Resource) -> Iterator[str]:
    """A security group does not shut out the platform itself.

    Azure's probes come from AzureLoadBalancer, and Application Gateway is run from GatewayManager. Where they are
    denied every backend looks dead, or the gateway cannot be changed any more. A rule that allows the ports they need
    and one that denies the rest is right.
    """
    rules = guard.children("securityRules")
    allowed = {rule.text("sourceAddressPrefix") for rule in rules if rule.text("access") != "Deny"}
    for rule in rules:
        if rule.text("direction") == "Inbound" and rule.text("sourceAddressPrefix") in set(PLATFORM) - allowed:
            yield f"{rule.show('name')} denies {rule.text('sourceAddressPrefix')}, wanted it allowed"


@availability.medium(
    BACKEND,
    reference="https://learn.microsoft.com/en-us/azure/api-management/backends#circuit-breaker",
    fix="Let several failures trip the breaker, for a minute or so.",
)
def azure_circuit_breaker_tolerates_one_failure(backend: Resource, *, most: int = 5) -> Iterator[str]:
    """A backend's circuit breaker does not shut it out for long after one failure.

    One 500 of one request then shuts out everybody for as long as the trip lasts, and the breaker is the outage. A rule
    about 429 alone that accepts Retry-After is left alone: there the backend says for how long.
    """
    for rule in backend.children("circuitBreaker.rules"):
        lasts = minutes(rule.text("tripDuration"))
        codes = {
            code.number(end) for code in rule.children("failureCondition.statusCodeRanges") for end in ("min", "max")
        }
        told = codes == {429} and rule.flag("acceptRetryAfter")
        if not told and (rule.number("failureCondition.count") or 0) == 1 and lasts > most:
            yield f"one failure trips for {lasts:g} minutes, wanted more failures, or {most} minutes or less"


@availability.high(
    BALANCER,
    reference="https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-custom-probe-overview",
    fix="Give each load balancing rule a probe.",
)
def azure_load_balancer_probes_its_backends(balancer: Resource) -> Iterator[str]:
    """Each rule of an Azure load balancer has a probe.

    A rule without one goes on sending connections to machines that are gone.
    """
    for rule in balancer.children("loadBalancingRules"):
        if not rule.has("probe"):
            yield f"{rule.show('name')} has no probe, wanted one"


@availability.high(
    FRONT,
    ROUTE,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/front-door-route-matching",
    fix="Add a Route for the endpoint, with link_to_default_domain or custom_domains.",
)
def azure_front_door_endpoint_has_a_route(resource: Resource, stack: Stack) -> Iterator[str]:
    """An endpoint of Front Door has a route, and the route a domain.

    Without a route Front Door answers every request of the endpoint itself, with 404. A route that has neither the
    endpoint's own domain nor another one matches nothing. Judged where the program has routes or origins.
    """
    routed = resource.type == ROUTE or stack.referring(resource, ROUTE, "endpointName")
    if stack.of(ROUTE, ORIGIN) and not routed:
        yield "no Route is for this endpoint, wanted one"
    if resource.text("linkToDefaultDomain") == "Disabled" and not resource.count("customDomains"):
        yield 'linkToDefaultDomain is "Disabled" and customDomains is empty, wanted one of them'


@security.high(
    *ATTACHED_BY,
    reference="https://learn.microsoft.com/en-us/azure/web-application-firewall/ag/policy-overview",
    fix="Add a SecurityPolicy that names the policy and the domains, or give it to the gateway as firewall_policy.",
)
def azure_waf_is_attached(firewall: Resource, stack: Stack) -> Iterator[str]:
    """A web application firewall policy is attached to an entry point.

    A policy that nothing refers to filters nothing, and looks like protection in every inventory. Judged in programs
    that make such an entry point.
    """
    entry, user, paths = ATTACHED_BY[firewall.type]
    if stack.of(entry) and not any(stack.referring(firewall, user, path) for path in paths):
        yield f"nothing attaches this policy, wanted one: {user.rpartition(':')[2]}"
