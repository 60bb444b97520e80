"""What Azure answers when a program asks: who it is, keys of what exists, and what exists itself.

Keys and credentials are given for whatever is named, made in the rehearsal or not. A `get` finds what the rehearsal
made, else one of the things that programs expect to be there (`ASSUMED`); everything else is refused by name.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from gitops.rehearsal.answers import Answer, digits, find, finish, refuse_unknown, resource_of
from gitops.rehearsal.azure.identities import NAMESPACES, SEGMENTS, plural
from gitops.rehearsal.azure.subscription import CLIENT, OBJECT, TENANT, compact, location_of
from gitops.rehearsal.cloud import Call
from gitops.rehearsal.plausible import plausible
from gitops.rehearsal.types import ListOf, ObjectOf, Property, Scalar, Type

_KEYS = re.compile(r":(list|get)\w*(Key|Keys|Credential|Credentials|Strings?|SAS|Secrets|Token|Tokens|Metadata)$")


def client(call: Call) -> dict[str, Any]:
    return {"clientId": CLIENT, "objectId": OBJECT, "subscriptionId": call.scope, "tenantId": TENANT}


def token(call: Call) -> dict[str, Any]:
    return {"token": f"rehearsal-{digits(call, 32)}"}


def storage_keys(call: Call) -> dict[str, Any]:
    names = ("key1", "key2")
    keys = [
        {"keyName": name, "permissions": "FULL", "value": _secret(call, name), "creationTime": ""} for name in names
    ]
    return {"keys": keys}


def registry_credentials(call: Call) -> dict[str, Any]:
    passwords = [{"name": name, "value": _secret(call, name)} for name in ("password", "password2")]
    return {"username": call.arguments.get("registryName"), "passwords": passwords}


def kubeconfig(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("resourceName", ""))
    server = f"https://{name}-{digits(call, 8)}.hcp.westeurope.azmk8s.io:443"
    authority = base64.b64encode(b"rehearsal").decode()
    text = f"""apiVersion: v1
kind: Config
clusters:
- name: {name}
  cluster: {{server: "{server}", certificate-authority-data: {authority}}}
contexts:
- name: {name}
  context: {{cluster: {name}, user: {name}}}
current-context: {name}
users:
- name: {name}
  user: {{token: {digits(call, 64)}}}
"""
    return {"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(text.encode()).decode()}]}


def connection_strings(call: Call) -> dict[str, Any]:
    account = call.arguments.get("accountName")
    text = f"AccountEndpoint=https://{account}.documents.azure.com:443/;AccountKey={_secret(call, 'key')};"
    return {"connectionStrings": [{"connectionString": text, "description": "Primary SQL Connection String"}]}


def keys(call: Call) -> dict[str, Any]:
    """Any other list of keys or credentials: every text of the result a secret, two of what comes in lists."""
    return {name: _filled(call, name, prop.type) for name, prop in call.kind.outputs.items()}


def _filled(call: Call, name: str, kind: Type) -> Any:
    if isinstance(kind, ListOf):
        return [_filled(call, f"{name}{place}", kind.item) for place in (1, 2)]
    if isinstance(kind, ObjectOf):
        return {inner: _filled(call, f"{name} {inner}", prop.type) for inner, prop in kind.properties.items()}
    if kind == Scalar("string"):
        return f"rehearsal{name[-1]}" if name.lower().endswith(("name", "name1", "name2")) else _secret(call, name)
    return plausible(name, kind, lambda count, purpose: digits(call, count, purpose))


def _secret(call: Call, purpose: str) -> str:
    return base64.b64encode(bytes.fromhex(digits(call, 128, purpose))).decode()


FACTS: Mapping[str, Answer] = {
    "azure-native:authorization:getClientConfig": client,
    "azure-native:authorization:getClientToken": token,
    "azure-native:containerregistry:listRegistryCredentials": registry_credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": kubeconfig,
    "azure-native:containerservice:listManagedClusterUserCredentials": kubeconfig,
    "azure-native:cosmosdb:listDatabaseAccountConnectionStrings": connection_strings,
    "azure-native:storage:listStorageAccountKeys": storage_keys,
}

ASSUMED = frozenset(
    {
        "azure-native:containerregistry:getRegistry",
        "azure-native:dns:getZone",
        "azure-native:keyvault:getSecret",
        "azure-native:keyvault:getVault",
        "azure-native:machinelearningservices:getWorkspace",
        "azure-native:managedidentity:getUserAssignedIdentity",
        "azure-native:network:getSubnet",
        "azure-native:network:getVirtualNetwork",
        "azure-native:operationalinsights:getWorkspace",
        "azure-native:privatedns:getPrivateZone",
        "azure-native:resources:getResourceGroup",
        "azure-native:storage:getStorageAccount",
    }
)
"""What a program may expect others to have made: a rehearsal has no others, so these are assumed to exist."""


def answer(call: Call) -> dict[str, Any]:
    """Raises CloudError for a function that the rehearsal does not know and that finds nothing in the inventory."""
    asked = call.kind.token
    if fact := FACTS.get(asked) or (keys if _KEYS.search(asked) else None):
        return finish(call, fact(call))
    for entry in find(call, resource_of(asked)):
        return finish(call, {**entry.outputs, "id": entry.id})
    if asked in ASSUMED:
        return finish(call, assumed(call))
    raise refuse_unknown(call, {**FACTS, **dict.fromkeys(ASSUMED)})


def assumed(call: Call) -> dict[str, Any]:
    """The thing's name, place and path, from the names it was asked by."""
    asked = call.arguments
    group = f"/subscriptions/{call.scope}/resourceGroups/{asked.get('resourceGroupName', '')}"
    module = call.kind.token.split(":")[1]
    path = [
        part
        for name, value in asked.items()
        if name != "resourceGroupName" and isinstance(value, str)
        for part in (_segment(module, name), value)
    ]
    namespace = NAMESPACES.get(module, module[:1].upper() + module[1:])
    found = "/".join([group, "providers", f"Microsoft.{namespace}", *path]) if path else group
    location = location_of(call.config) or "westeurope"
    properties = _properties(call.kind.outputs, asked)
    return {"id": found, "name": found.rpartition("/")[2], "location": compact(location), **properties}


def _segment(module: str, name: str) -> str:
    stem = name.removesuffix("Name")
    return SEGMENTS.get((module, stem), plural(stem))


def _properties(declared: Mapping[str, Property], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What programs read of the assumed: a vault's address, a registry's server."""
    told: dict[str, Any] = {}
    if "vaultName" in asked:
        told["properties"] = {"vaultUri": f"https://{asked['vaultName']}.vault.azure.net/", "tenantId": TENANT}
    if "loginServer" in declared:
        told["loginServer"] = f"{asked.get('registryName', '')}.azurecr.io".lower()
    return told
