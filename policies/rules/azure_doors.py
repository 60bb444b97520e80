"""What callers of models on Azure come through: Front Door, gateways, API Management, and their firewalls."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

ORIGINS = "azure-native:cdn:AFDOriginGroup"
ORIGIN = "azure-native:cdn:AFDOrigin"
ROUTE = "azure-native:cdn:Route"
GATEWAY = "azure-native:network:ApplicationGateway"
API, API_POLICY = "azure-native:apimanagement:Api", "azure-native:apimanagement:ApiPolicy"
CLUSTER = "azure-native:containerservice:ManagedCluster"
# of Application Gateway, and of Front Door
FIREWALLS = ("azure-native:network:WebApplicationFirewallPolicy", "azure-native:frontdoor:Policy")
# type → where its tier stands, and the tier without an SLA
WITHOUT_SLA = {
    "azure-native:apimanagement:ApiManagementService": ("sku.name", "Developer"),
    CLUSTER: ("sku.tier", "Free"),
}
# how the policies of API Management begin that let nobody in but whom they know; what is not known yet may be one
ASKING = ("validate-", "ip-filter", "check-header")
PSRULE = "https://azure.github.io/PSRule.Rules.Azure/en/rules"


@rule(
    ORIGINS,
    category="availability",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/health-probes",
    fix="Set health_probe_settings with the path that tests the model.",
)
def azure_front_door_asks_its_origins(group: Resource, stack: Stack) -> Iterator[str]:
    """A front door with several origins asks each how it is.

    Only a probe takes an origin out that does not answer: of two regions the one that is down keeps its share of the
    callers. Front Door does not let it be switched off while several are enabled.
    """
    if len(stack.referring(group, ORIGIN, "originGroupName")) > 1 and not group.has("healthProbeSettings.probePath"):
        yield "healthProbeSettings.probePath is not set for several origins, wanted the path of a health check"


@rule(
    ROUTE,
    category="security",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/best-practices#tls-best-practices",
    fix='Set forwarding_protocol to "HttpsOnly" and https_redirect to "Enabled".',
)
def azure_front_door_speaks_tls(route: Resource) -> Iterator[str]:
    """A front door speaks TLS with callers and with origins.

    It ends the caller's TLS. What it sends on in plain HTTP crosses the network between the regions as it is, with the
    key in its header. A caller who writes http:// is sent to https://, not answered.
    """
    forwarded = route.text("forwardingProtocol")
    if forwarded == "HttpOnly":
        yield 'forwardingProtocol is "HttpOnly", wanted "HttpsOnly"'
    if "Http" in route.texts("supportedProtocols") and route.text("httpsRedirect") != "Enabled":
        yield f'httpsRedirect is {route.show("httpsRedirect")} and supportedProtocols has "Http", wanted "Enabled"'


@rule(
    *FIREWALLS,
    category="security",
    severity="high",
    reference=f"{PSRULE}/Azure.FrontDoorWAF.PreventionMode/",
    fix='Set the mode of policy_settings to "Prevention", and enable the policy.',
)
def azure_firewall_blocks(firewall: Resource) -> Iterator[str]:
    """A web application firewall blocks what its rules find.

    In detection mode it writes a line and lets the request through. That is how a new policy is tuned, and how it is
    forgotten: everybody who reads the program believes that the door is guarded.
    """
    if firewall.text("policySettings.mode") == "Detection":
        yield 'policySettings.mode is "Detection", wanted "Prevention"'
    for path in ("policySettings.state", "policySettings.enabledState"):
        if firewall.text(path) == "Disabled":
            yield f'{path} is "Disabled", wanted "Enabled"'


@rule(
    *WITHOUT_SLA,
    category="availability",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/api-management/api-management-features",
    fix="Choose a tier with an SLA: Basic or above of API Management, Standard or Premium of AKS.",
)
def azure_tier_has_an_sla(service: Resource) -> Iterator[str]:
    """What callers come through is of a tier with an SLA.

    Microsoft gives the Developer tier of API Management for trials: it is one machine, which is away while it is
    updated. AKS is Free unless told otherwise: the control plane that replaces a lost replica is promised to nobody
    (learn.microsoft.com/en-us/azure/aks/free-standard-pricing-tiers).
    """
    path, tier = WITHOUT_SLA[service.type]
    if (service.text(path) or ("Free" if tier == "Free" else "")) == tier:
        yield f"{path} is {service.show(path)}, wanted a tier with an SLA"


@rule(
    GATEWAY,
    category="availability",
    severity="high",
    reference=f"{PSRULE}/Azure.AppGw.MinInstance/",
    fix="Set min_capacity of autoscale_configuration, or capacity of the sku, to 2 or more.",
)
def azure_application_gateway_keeps_two(gateway: Resource, *, least: int = 2) -> Iterator[str]:
    """An application gateway keeps two instances.

    While the only one is replaced, which every update of the platform does, nobody gets through. One that scales takes
    minutes for each instance that it adds.
    """
    path = "autoscaleConfiguration.minCapacity" if gateway.has("autoscaleConfiguration") else "sku.capacity"
    if (gateway.number(path) or 0) < least:
        yield f"{path} is {gateway.show(path)}, wanted {least} or more"


@rule(
    API,
    category="security",
    severity="high",
    reference=f"{PSRULE}/Azure.APIM.HTTPEndpoint/",
    fix='Set protocols to ["https"], or ["wss"].',
)
def azure_api_speaks_tls(api: Resource) -> Iterator[str]:
    """An API of API Management answers over TLS alone.

    Over http:// the subscription's key and the prompt cross the network as they are.
    """
    for plain in sorted({"http", "ws"} & set(api.texts("protocols"))):
        yield f'protocols has "{plain}", wanted "{plain}s" alone'


@rule(
    API,
    category="security",
    severity="high",
    reference="https://learn.microsoft.com/en-us/azure/api-management/api-management-subscriptions",
    fix="Set subscription_required, or give the API a policy such as validate-jwt or ip-filter.",
)
def azure_api_asks_who_calls(api: Resource, stack: Stack) -> Iterator[str]:
    """An API of API Management knows its callers.

    Without a subscription's key or a policy that asks for a token, a certificate or an address, the gateway's own
    identity calls the model for whoever finds it. It is advice: a policy for all APIs may ask.
    """
    policies = stack.referring(api, API_POLICY, "apiId")
    texts = [policy.text_if_known("value") or ASKING[0] for policy in policies]
    asked = any(policy in text for text in texts for policy in ASKING)
    if api.flag("subscriptionRequired") is False and not asked and not api.has("authenticationSettings"):
        yield "subscriptionRequired is false and no policy validates callers, wanted one of them"


@rule(
    CLUSTER,
    category="availability",
    severity="medium",
    reference=f"{PSRULE}/Azure.AKS.MinNodeCount/",
    fix="Set count, or min_count of a pool that scales, to 2 or more, 3 for a zone each.",
)
def azure_cluster_keeps_two_nodes(cluster: Resource, *, least: int = 2) -> Iterator[str]:
    """A cluster's system pool keeps two nodes.

    It runs the cluster's name service and metrics, without which no model is found or scaled. An upgrade, or one
    machine's failure, takes the only node away. (PSRule asks for three; two are enough while one is replaced.)
    """
    for pool in cluster.children("agentPoolProfiles"):
        path = "minCount" if pool.flag("enableAutoScaling") else "count"
        if pool.text("mode") == "System" and (pool.number(path) or 0) < least:
            yield f"{path} of the pool {pool.show('name')} is {pool.show(path)}, wanted {least} or more"
