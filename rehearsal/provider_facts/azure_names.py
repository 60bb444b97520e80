"""How azure-native names the address of a resource.

Every azure-native resource is one REST address: subscription, resource group, parents, own name. Whatever is part of
the address cannot change, and neither can the place. The provider generates this from the path parameters of the
OpenAPI documents (pulumi-azure-native, provider/pkg/gen/params.go), which the SDK does not carry; but path parameters
are top-level inputs called `…Name`, and the properties that look alike are few.
"""

from __future__ import annotations

_ADDRESS = frozenset({"location", "extendedLocation", "name", "version", "scope", "resourceUri", "subscriptionId"})
# Top-level inputs that end in "Name" and describe the resource (read through azure-native 3.29's arguments).
_DESCRIPTIVE = frozenset(
    {
        "adminUserName",
        "alternateName",
        "canonicalName",
        "displayName",
        "firstName",
        "friendlyName",
        "hostName",
        "imageName",
        "keyVaultSecretName",
        "lastName",
        "packageName",
        "roleName",
        "sendKeyName",
        "skuName",
        "userName",
        "vmSkuName",
        "workloadProfileName",
    }
)


def is_address(token: str, name: str) -> bool:
    """Whether a top-level input is part of where the resource is."""
    own = token.rpartition(":")[2]
    if name in _ADDRESS or name == own[:1].lower() + own[1:] + "Name":
        return True
    return name.endswith("Name") and not name.endswith("SettingName") and name not in _DESCRIPTIVE
