"""Entry points on Azure: Front Door, Application Gateway, API Management, AKS, and web application firewalls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..azure_answers import API, API_POLICY, list_answer_times
from ..resources import Resource, Stack
from ..rule import availability, security

ORIGINS = "azure-native:cdn:AFDOriginGroup"
ORIGIN = "azure-native:cdn:AFDOrigin"
ROUTE, PROFILE = "azure-native:cdn:Route", "azure-native:cdn:Profile"
LONGEST = 240  # seconds that Front Door can be told to wait
VERSIONED = re.compile(r"https://[^/]+/secrets/[^/]+/[0-9a-f]{32}/?")
GATEWAY = "azure-native:network:ApplicationGateway"
CLUSTER = "azure-native:containerservice:ManagedCluster"
# of Application Gateway, and of Front Door
FIREWALLS = ("azure-native:network:WebApplicationFirewallPolicy", "azure-native:frontdoor:Policy")
# type → the property with its tier, and the tier without an SLA
WITHOUT_SLA = {
    "azure-native:apimanagement:ApiManagementService": ("sku.name", "Developer"),
    CLUSTER: ("sku.tier", "Free"),
}
# how API Management's policies that identify callers begin; a text that is not known yet may contain one
ASKING = (
    *("validate-jwt", "validate-azure-ad-token", "validate-client-certificate"),
    *("ip-filter", "check-header", "context.Request.Certificate"),
)
PSRULE = "https://azure.github.io/PSRule.Rules.Azure/en/rules"


@availability.high(
    ORIGINS,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/health-probes",
    fix="Set health_probe_settings with the path that tests the model.",
)
def azure_front_door_probes_its_origins(group: Resource, stack: Stack) -> Iterator[str]:
    """A Front Door with several origins probes their health.

    Only a failed probe takes an origin out of rotation: without probes, a region that is down keeps its share of the
    callers. Front Door does not allow switching probes off while several origins are enabled.
    """
    if len(stack.referring(group, ORIGIN, "originGroupName")) > 1 and not group.has("healthProbeSettings.probePath"):
        yield "healthProbeSettings.probePath is not set for several origins, wanted the path of a health check"


@security.high(
    ROUTE,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/best-practices#tls-best-practices",
    fix='Set forwarding_protocol to "HttpsOnly" and https_redirect to "Enabled".',
)
def azure_front_door_uses_tls(route: Resource) -> Iterator[str]:
    """Front Door uses TLS towards callers and origins.

    Front Door terminates the caller's TLS. If it forwards requests over plain HTTP, anybody on the network between the
    regions can read them, including the key in the header. Callers who use http:// are redirected to https://.
    """
    forwarded = route.text("forwardingProtocol")
    if forwarded == "HttpOnly":
        yield 'forwardingProtocol is "HttpOnly", wanted "HttpsOnly"'
    if "Http" in route.texts("supportedProtocols") and route.text("httpsRedirect") != "Enabled":
        yield f'httpsRedirect is {route.show("httpsRedirect")} and supportedProtocols has "Http", wanted "Enabled"'


@security.high(
    *FIREWALLS,
    reference=f"{PSRULE}/Azure.FrontDoorWAF.PreventionMode/",
    fix='Set the mode of policy_settings to "Prevention", and enable the policy.',
)
def azure_waf_blocks_requests(firewall: Resource) -> Iterator[str]:
    """A web application firewall blocks the requests that its rules match.

    In detection mode it logs such a request and lets it through. That mode is for tuning a new policy. If it is
    forgotten, everybody who reads the program believes that requests are filtered.
    """
    if firewall.text("policySettings.mode") == "Detection":
        yield 'policySettings.mode is "Detection", wanted "Prevention"'
    for path in ("policySettings.state", "policySettings.enabledState"):
        if firewall.text(path) == "Disabled":
            yield f'{path} is "Disabled", wanted "Enabled"'


@availability.high(
    *WITHOUT_SLA,
    reference="https://learn.microsoft.com/en-us/azure/api-management/api-management-features",
    fix="Choose a tier with an SLA: Basic or above of API Management, Standard or Premium of AKS.",
)
def azure_tier_has_an_sla(service: Resource) -> Iterator[str]:
    """API Management and AKS use a tier with an SLA.

    The Developer tier of API Management is for evaluation, and has no SLA. The default tier of AKS, Free, has none for
    the control plane, which replaces lost replicas (learn.microsoft.com/en-us/azure/aks/free-standard-pricing-tiers).
    AKS Automatic is in the Standard tier by itself.
    """
    path, tier = WITHOUT_SLA[service.type]
    if (service.text(path) or "Free") == tier and not (
        service.text("sku.name") == "Automatic" and not service.has(path)
    ):
        yield f"{path} is {service.show(path)}, wanted a tier with an SLA"


@availability.high(
    GATEWAY,
    reference=f"{PSRULE}/Azure.AppGw.MinInstance/",
    fix="Set min_capacity of autoscale_configuration, or capacity of the sku, to 2 or more.",
)
def azure_application_gateway_keeps_two(gateway: Resource, *, least: int = 2) -> Iterator[str]:
    """An application gateway keeps at least two instances.

    Azure's SLA covers gateways with two instances or more. A gateway with only one is unavailable while that one fails
    or is replaced, until autoscaling has added another.
    """
    path = "autoscaleConfiguration.minCapacity" if gateway.has("autoscaleConfiguration") else "sku.capacity"
    if (gateway.number(path) or 0) < least:
        yield f"{path} is {gateway.show(path)}, wanted {least} or more"


@security.high(
    API,
    reference=f"{PSRULE}/Azure.APIM.HTTPEndpoint/",
    fix='Set protocols to ["https"], or ["wss"].',
)
def azure_api_accepts_only_tls(api: Resource) -> Iterator[str]:
    """An API of API Management accepts only TLS.

    Over http:// anybody on the network can read the subscription key and the prompt.
    """
    for plain in sorted({"http", "ws"} & set(api.texts("protocols"))):
        yield f'protocols has "{plain}", wanted "{plain}s" alone'


@security.high(
    API,
    reference="https://learn.microsoft.com/en-us/azure/api-management/api-management-subscriptions",
    fix="Set subscription_required, or give the API a policy such as validate-jwt or ip-filter.",
)
def azure_api_authenticates_callers(api: Resource, stack: Stack) -> Iterator[str]:
    """An API of API Management identifies its callers.

    Without a subscription key, or a policy that checks a token, a certificate or an address, anybody who finds the API
    calls the model with the gateway's identity. (The API's OAuth settings only serve the test console.) It is advice,
    because a policy for all APIs, for the product or for each operation may check callers.
    """
    policies = stack.referring(api, API_POLICY, "apiId")
    texts = [policy.text_if_known("value") or ASKING[0] for policy in policies]
    asked = any(policy in text for text in texts for policy in ASKING)
    if api.flag("subscriptionRequired") is False and not asked:
        yield "subscriptionRequired is false and no policy validates callers, wanted one of them"


@availability.medium(
    CLUSTER,
    reference=f"{PSRULE}/Azure.AKS.MinNodeCount/",
    fix="Set count, or min_count of a pool that scales, to 2 or more, 3 for a zone each.",
)
def azure_cluster_keeps_two_nodes(cluster: Resource, *, least: int = 2) -> Iterator[str]:
    """The system pool of an AKS cluster keeps at least two nodes.

    It runs the cluster's DNS and metrics, without which no model is found or scaled. An upgrade, or the failure of one
    machine, takes a single node away. (PSRule asks for three; two are enough while one is replaced.)
    """
    for pool in cluster.children("agentPoolProfiles"):
        path = "minCount" if pool.flag("enableAutoScaling") else "count"
        if pool.text("mode") == "System" and (pool.number(path) or 0) < least:
            yield f"{path} of the pool {pool.show('name')} is {pool.show(path)}, wanted {least} or more"


@security.high(
    GATEWAY,
    reference=f"{PSRULE}/Azure.AppGw.UseHTTPS/",
    fix="Set protocol of the listener to Https, or give its rule a redirect_configuration to one that is.",
)
def azure_gateway_listener_is_encrypted(gateway: Resource) -> Iterator[str]:
    """A public application gateway speaks TLS with its callers, or sends them to where it does.

    Over http:// anybody on the network reads the prompts, the answers and the tokens. A gateway without a public
    address is left alone.
    """
    places = gateway.children("frontendIPConfigurations")
    plain = [listener for listener in gateway.children("httpListeners") if listener.text("protocol") == "Http"]
    rules = gateway.children("requestRoutingRules") + gateway.children("urlPathMaps")
    redirects = [
        rule for rule in rules if rule.has("redirectConfiguration") or rule.has("defaultRedirectConfiguration")
    ]
    public = not places or any(place.has("publicIPAddress") for place in places)
    if public and len(plain) > len(redirects):
        yield f'protocol of the listener {plain[0].show("name")} is "Http" without a redirect, wanted "Https"'


@availability.high(
    GATEWAY,
    reference="https://learn.microsoft.com/en-us/azure/application-gateway/application-gateway-probe-overview",
    fix='Set status_codes of the probe\'s match to ["200-399"], or to what the health check answers.',
)
def azure_gateway_probe_notices_failures(gateway: Resource, *, status: int = 404) -> Iterator[str]:
    """A probe of an application gateway does not take an error for health.

    A backend that answers 404 or 500 to its probe is a backend without its model. With such codes in the match it
    stays in the pool, and callers get the errors.
    """
    for probe in gateway.children("probes"):
        for codes in probe.texts("match.statusCodes"):
            last = codes.rpartition("-")[2].strip()
            if last.isdecimal() and int(last) >= status:
                yield f'statusCodes of the probe {probe.show("name")} has "{codes}", wanted less than {status}'


@security.medium(
    GATEWAY,
    reference="https://learn.microsoft.com/en-us/azure/application-gateway/key-vault-certs",
    fix="Set key_vault_secret_id without the version at its end.",
)
def azure_gateway_certificate_renews_itself(gateway: Resource) -> Iterator[str]:
    """An application gateway follows the renewals of its certificate.

    It asks the vault every four hours for a newer version, unless the identifier names one. Then the vault renews the
    certificate, the gateway shows callers the old one, and on the day it ends they are refused.
    """
    for certificate in gateway.children("sslCertificates"):
        if VERSIONED.fullmatch(certificate.text("keyVaultSecretId") or ""):
            yield f"keyVaultSecretId of {certificate.show('name')} names a version, wanted none"


@availability.medium(
    PROFILE,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/troubleshoot-issues",
    fix="Set origin_response_timeout_seconds to 30 or more, 240 at most.",
)
def azure_front_door_waits_for_an_inference(profile: Resource, stack: Stack, *, seconds: int = 30) -> Iterator[str]:
    """Front Door waits as long as an inference may take.

    When its time is over the caller gets an error, and the model goes on computing for nobody. Online deployments and
    APIs that are its origins say how long an answer may take. It is advice: some models answer within milliseconds.
    """
    waits = profile.number("originResponseTimeoutSeconds")
    times = [
        time
        for origin in stack.referring(profile, ORIGIN, "profileName")
        for time in list_answer_times(origin, "hostName", [origin.text_if_known("hostName") or ""], stack)
    ]
    wanted = min(max([seconds, *times]), LONGEST)
    if waits is not None and waits < wanted:
        yield f"originResponseTimeoutSeconds is {waits:g} s, wanted {wanted:g} s or more"
