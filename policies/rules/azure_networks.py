"""Networks on Azure: whom a network security group lets in."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource
from ..rule import security
from .azure_entry_points import PSRULE

GROUP, RULE = "azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"
ANYBODY = {"*", "Internet", "0.0.0.0/0"}
# the web's, and those at which an application gateway is managed
OPEN_PORTS = {"80", "443", "65200-65535"}


@security.high(
    GROUP,
    RULE,
    reference=f"{PSRULE}/Azure.NSG.AnyInboundSource/",
    fix="Name the addresses, the service tag or the application security group that may come in.",
)
def azure_network_group_is_not_open(group: Resource) -> Iterator[str]:
    """A network security group opens no ports to the world except the web's.

    Whatever has a public address behind such a rule, SSH, a database, a model server's own port, is found by
    scanners within minutes. It is advice: a port of one's own may be meant for everybody.
    """
    for rule in group.children("securityRules") if group.type == GROUP else [group]:
        ports = _list_all(rule, "destinationPortRange") - OPEN_PORTS
        opened = rule.text("access") == "Allow" and rule.text("direction") == "Inbound"
        if opened and ports and _list_all(rule, "sourceAddressPrefix") & ANYBODY:
            yield f"{', '.join(sorted(ports))} is open to anybody, wanted 443 or 80 alone"


def _list_all(rule: Properties, path: str) -> set[str]:
    """What a rule says once, or in a list under the plural of the name."""
    plural = f"{path}es" if path.endswith("x") else f"{path}s"
    return {value for value in (rule.text(path), *rule.texts(plural)) if value}
