"""How azure-native names the address of a resource.

Every azure-native resource is one REST address: subscription, resource group, parents, own name. Whatever is part of
the address cannot change, and neither can the place. The provider generates this from the path parameters of the
OpenAPI documents (pulumi-azure-native, provider/pkg/gen/params.go), which the SDK does not carry; but it names a
path parameter `…Name` at the top level, and the few properties that look alike are known.
"""

from __future__ import annotations

# Top-level inputs that end in "Name" and are properties, not part of an address.
_DESCRIPTIVE = frozenset({"displayName", "friendlyName", "roleName", "hostName", "domainName", "serverName"})
_ADDRESS = frozenset({"location", "extendedLocation", "name", "version", "scope", "resourceUri"})


def is_address(token: str, name: str) -> bool:
    """Whether a top-level input is part of where the resource is."""
    own = token.rpartition(":")[2]
    if name in _ADDRESS or name == own[:1].lower() + own[1:] + "Name":
        return True
    return name.endswith("Name") and name not in _DESCRIPTIVE
