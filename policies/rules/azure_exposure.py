"""Azure: parts of a private workspace that are left open, names that lead past a private endpoint, uneven shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..resources import Resource, Stack
from ..rule import availability, security
from ..serving import CONTAINER_APP
from .azure_origins import ADMITTED
from .azure_platform import REGISTRY, RULES, STORAGE, VAULT, WORKSPACE
from .azure_private_ways import DNS, ENDPOINT, ZONE, ZONE_GROUP
from .weak_settings import Weak, find_weak

GLOBAL = "globalValidation"
# type → how a workspace names it, where it says whether the internet reaches it, whom it lets in by default, and
# whether it makes an exception for Azure's own services
STORES = {
    STORAGE: ("storageAccount", "publicNetworkAccess", "networkRuleSet.defaultAction", "networkRuleSet.bypass"),
    VAULT: (
        "keyVault",
        "properties.publicNetworkAccess",
        "properties.networkAcls.defaultAction",
        "properties.networkAcls.bypass",
    ),
    REGISTRY: ("containerRegistry", "publicNetworkAccess", "networkRuleSet.defaultAction", "networkRuleBypassOptions"),
}
WEB_APP = "azure-native:web:WebApp"
# settings of signing in → the property that names the app, and the app's type
SIGN_IN = {
    "azure-native:app:ContainerAppsAuthConfig": ("containerAppName", CONTAINER_APP),
    "azure-native:web:WebAppAuthSettingsV2": ("name", WEB_APP),
    "azure-native:web:WebAppAuthSettings": ("name", WEB_APP),
}
# what a private endpoint leads to, and what the name of its zone has in it, in every cloud
PARTS = {
    **{part: part for part in ("blob", "file", "queue", "table", "dfs")},
    "vault": "vault",
    "registry": "azurecr",
    "amlworkspace": "api.",
}
# of PSRule Azure.ContainerApp.DisableAffinity; the provider's text of the others
STICKY: Mapping[str, tuple[Weak, ...]] = {
    "azure-native:app:ContainerApp": (Weak("configuration.ingress.stickySessions.affinity", ('"sticky"',), '"none"'),),
    "azure-native:web:WebApp": (Weak("clientAffinityEnabled", ("true",), "false"),),
    "azure-native:network:ApplicationGateway": (
        Weak("cookieBasedAffinity", ('"Enabled"',), '"Disabled"', each="backendHttpSettingsCollection"),
    ),
    "azure-native:cdn:AFDOriginGroup": (Weak("sessionAffinityState", ('"Enabled"',), '"Disabled"'),),
}


@security.high(
    *STORES,
    reference=f"{RULES}/Azure.Storage.Firewall/",
    fix='Set public_network_access to "Disabled" or the default action to "Deny"; let trusted Azure services through.',
)
def azure_workspace_stores_are_closed_too(store: Resource, stack: Stack) -> Iterator[str]:
    """The storage, the vault and the registry of a private workspace are closed too, but not to Azure itself.

    Models, keys and images lie in them: a workspace that the internet does not reach protects little if they answer
    everybody. Where they are closed, Azure's trusted services have to get through
    (https://learn.microsoft.com/en-us/azure/machine-learning/how-to-managed-network#secured-associated-resources).
    It is advice: a store may serve others, who come from elsewhere.
    """
    named, public, default, bypass = STORES[store.type]
    workspaces = stack.referring(store, WORKSPACE, named)
    if not any(workspace.text_if_known("publicNetworkAccess") == "Disabled" for workspace in workspaces):
        return
    closed = (store.text(public) or "").casefold() == "disabled"
    if not closed and store.text(default) != "Deny":
        yield f'{public} is {store.show(public)} and the workspace is private, wanted "Disabled"'
    if closed and store.text(bypass) == "None":
        yield f'{bypass} is "None", wanted "AzureServices"'


@availability.high(
    ZONE_GROUP,
    reference=DNS,
    fix="Name the zone of the service in the PrivateDnsZoneGroup: privatelink.vaultcore.azure.net for a vault.",
)
def azure_private_endpoint_zone_is_the_services(group: Resource, stack: Stack) -> Iterator[str]:
    """A private endpoint's name is written into the zone of its service.

    Each service's public name leads into a zone of its own. A record in another zone, or in none, is never asked for:
    clients go on to the public address, which is closed. (Judged by the zones and endpoints of the same program.)
    """
    zones = stack.follow(group, "privateDnsZoneConfigs", ZONE)
    names = [zone.text_if_known("privateZoneName") or "" for zone in zones]
    for endpoint in stack.follow(group, "privateEndpointName", ENDPOINT) if names and all(names) else ():
        for connection in endpoint.children("privateLinkServiceConnections"):
            for part in connection.texts("groupIds"):
                wanted = PARTS.get(part.partition("_")[0])
                if wanted and not any(wanted in name for name in names):
                    yield f'{", ".join(names)} is not the zone of "{part}", wanted that'


@availability.low(
    *STICKY,
    reference=f"{RULES}/Azure.ContainerApp.DisableAffinity/",
    fix="Turn session affinity off.",
)
def azure_entry_point_spreads_requests(entry: Resource) -> Iterator[str]:
    """An entry point spreads the requests of one caller over all instances.

    With sessions that stick, a busy caller keeps one instance full while new ones that scaling adds stand idle. It is
    advice, for servers that keep nothing between requests.
    """
    yield from find_weak(entry, STICKY)


@security.medium(
    "azure-native:authorization:RoleDefinition",
    reference="https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
    fix="Name each action and data action that the role is for.",
)
def azure_role_definition_names_its_actions(role: Resource) -> Iterator[str]:
    """A role of one's own names what it allows.

    An asterisk takes in all that Azure adds to a service later, listing its keys and deleting it too. (One that only
    reads is left alone, as in Azure's own roles.)
    """
    for permission in role.children("permissions"):
        for path in ("actions", "dataActions"):
            for action in permission.texts(path):
                if "*" in action and not action.casefold().endswith("/read"):
                    yield f'{path} has "{action}", wanted the actions that are needed by name'


@security.medium(
    STORAGE,
    reference="https://learn.microsoft.com/en-us/azure/storage/blobs/object-replication-prevent-cross-tenant-policies",
    fix="Set allow_cross_tenant_replication to false, or leave it out.",
)
def azure_storage_replicates_within_its_tenant(account: Resource) -> Iterator[str]:
    """A storage account lets nobody replicate its objects into another tenant.

    Who may write a replication policy can otherwise have models and data copied to an account of another company, for
    as long as the policy stands. It is advice: some companies have several tenants.
    """
    if account.flag("allowCrossTenantReplication"):
        yield "allowCrossTenantReplication is true, wanted false"


@security.high(
    *SIGN_IN,
    reference="https://learn.microsoft.com/en-us/azure/container-apps/authentication",
    fix='Set unauthenticated_client_action to "Return401", and require_authentication of App Service to true.',
)
def azure_app_asks_callers_to_sign_in(settings: Resource, stack: Stack) -> Iterator[str]:
    """An app that the internet reaches and that has settings for signing in asks everybody to.

    With "AllowAnonymous" a request without a token gets through to the model like one with a token: everything looks as
    if callers were known. Apps of the program are judged that have no list of addresses and ask for no certificate. It
    is advice, because the code may refuse such requests itself.
    """
    path, type_ = SIGN_IN[settings.type]
    for _ in filter(_is_reached, stack.follow(settings, path, type_)):
        for action in (f"{GLOBAL}.unauthenticatedClientAction", "unauthenticatedClientAction"):
            if settings.text(action) == "AllowAnonymous" and not settings.flag(f"{GLOBAL}.requireAuthentication"):
                yield f'{action} is "AllowAnonymous", wanted "Return401"'
        if settings.flag(f"{GLOBAL}.requireAuthentication") is False and not settings.has(
            f"{GLOBAL}.unauthenticatedClientAction"
        ):
            yield f"{GLOBAL}.requireAuthentication is false, wanted true"
        if {"/*", "/"} & set(settings.texts(f"{GLOBAL}.excludedPaths")):
            yield f"{GLOBAL}.excludedPaths has every path, wanted those of health checks"


def _is_reached(app: Resource) -> bool:
    """Whether an app answers the internet, of which it asks neither for an address nor for a certificate."""
    if app.type == CONTAINER_APP:
        ingress = app.child("configuration.ingress")
        open_ = ingress.flag("external") is True and ingress.text("clientCertificateMode") != "require"
    else:
        certified = app.flag("clientCertEnabled") and app.text("clientCertMode") in (None, "Required")
        open_ = app.text("publicNetworkAccess") != "Disabled" and not certified
    return open_ and not app.count(ADMITTED[app.type])
