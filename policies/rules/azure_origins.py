"""Origins on Azure: whether callers can go around the Front Door before them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import security
from ..serving import CONTAINER_APP
from .azure_entry_points import ORIGIN
from .azure_runs import APP

# type → the list of those whom an app lets in
ADMITTED = {APP: "siteConfig.ipSecurityRestrictions", CONTAINER_APP: "configuration.ingress.ipSecurityRestrictions"}


@security.medium(
    ORIGIN,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/origin-security",
    fix="Connect the origin by shared_private_link_resource, or let in the service tag AzureFrontDoor.Backend alone.",
)
def azure_origin_is_reached_through_its_front_door(origin: Resource, stack: Stack) -> Iterator[str]:
    """An app behind Front Door does not answer those who go around it.

    The app keeps its own address. Whoever finds it is asked by no firewall and held by no rate limit. Judged for apps
    of the same program that have no restriction of any kind. It is advice, because the app may check the header that
    names its Front Door.
    """
    if origin.has("sharedPrivateLinkResource"):
        return
    for app in stack.follow(origin, "hostName", *ADMITTED):
        inner = app.text("publicNetworkAccess") == "Disabled" or app.flag("configuration.ingress.external") is False
        if not inner and not app.count(ADMITTED[app.type]):
            yield f"{ADMITTED[app.type]} of {app} is empty, wanted Front Door alone"
