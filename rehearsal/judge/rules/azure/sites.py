"""App Service: the storage account that has the content of a function app."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

_ACCOUNT = "azure-native:storage:StorageAccount"
_SHARE = "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"
# The property has another name in each API version.
_ROUTES = ("vnetContentShareEnabled", "outboundVnetRouting.contentShareTraffic", "outboundVnetRouting.allTraffic")
# Each of these lets the service reach the share through the network of the app, or not look for it.
_OTHER_WAYS = ("WEBSITE_CONTENTOVERVNET", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION")


@rule(
    "azure-native:web:WebApp",
    source="https://github.com/hashicorp/terraform-provider-azurerm/issues/31023",
)
def share_of_the_content_of_an_app(it: Resource, program: Program) -> Found:
    settings = it.blocks("siteConfig.appSettings")
    if any(it.get(path) not in (None, False) for path in _ROUTES):
        return
    if any(setting.get("name") in _OTHER_WAYS for _, setting in settings):
        return
    for path, setting in settings:
        account = program.refer(it, f"{path}.value", _ACCOUNT) if setting.get("name") == _SHARE else None
        if account and (
            account.get("publicNetworkAccess") == "Disabled" or account.get("networkRuleSet.defaultAction") == "Deny"
        ):
            message = (
                "BadRequest: Creation of storage file share failed with: 'The remote server returned an error: (403)"
            )
            told = (
                f"{message} Forbidden.'. Please check if the storage account is accessible: {account.name!r} admits no"
            )
            yield f"{path}.value", f"{told} public network, route contentShareTraffic through the app's network"
