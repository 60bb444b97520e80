"""Answers to Azure function calls: the caller's identity, keys of resources, and resources.

Keys and credentials are returned for any name, whether or not the rehearsal created such a resource. A `get` function
finds a resource in the inventory, else an external one, which is assumed to exist for every type that a program can
create. Other calls are refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.azure.subscription import CLIENT, OBJECT, TENANT, compact, location_of
from rehearsal.cloud import Call, PlannedResource
from rehearsal.provider.answers import Answer, digits, find, finish, refuse_unknown, resource_of
from rehearsal.provider.placeholder import make_placeholder
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import ListOf, ObjectOf, Scalar, Type

# Describes a resource as if this rehearsal had created it. Maps a planned resource to its id and outputs.
Made = Callable[[PlannedResource], tuple[str, dict[str, Any]]]
_KEYS = re.compile(r":(list|get)\w*(Keys?|KeyBy\w+|Credentials?|Strings?|SAS|Secrets|Tokens?|Metadata)$")
_CALLBACK = re.compile(r":list\w*CallbackUrl$")
_EVENT_ADDRESS = re.compile(r":get\w*FullUrl$")
# Names of texts in a list of keys that are not secrets.
_OPEN = re.compile(r"(?i)(^id|^type|^location|expires|state|error|link|ur[il])\d?$")


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


def callback(call: Call) -> dict[str, Any]:
    """Returns the callback URL of a workflow's trigger, with its signature."""
    host = f"prod-00.{compact(location_of(call.config) or 'westeurope')}.logic.azure.com"
    path = f"/workflows/{digits(call, 32)}/triggers/{call.arguments.get('triggerName') or 'manual'}/paths/invoke"
    signature = digits(call, 43, "signature")
    return {"value": f"https://{host}:443{path}?api-version=2016-10-01&sv=1.0&sig={signature}", "method": "POST"}


def event_address(call: Call) -> dict[str, Any]:
    return {"endpointUrl": f"https://{digits(call, 12)}.example.com/events"}


def verification(call: Call) -> dict[str, Any]:
    """Returns the required value of a TXT record `asuid.…`, which is the same for all apps of a subscription."""
    return {"value": digits(call, 64).upper()}


def keys(call: Call) -> dict[str, Any]:
    """Answers any other list of keys or credentials. Most texts become secrets, and lists have two items."""
    return {name: _fill(call, name, prop.type) for name, prop in call.kind.outputs.items()}


def _fill(call: Call, name: str, kind: Type) -> Any:
    if isinstance(kind, ListOf):
        return [_fill(call, f"{name}{number}", kind.item) for number in (1, 2)]
    if isinstance(kind, ObjectOf):
        return {inner: _fill(call, f"{name} {inner}", prop.type) for inner, prop in kind.properties.items()}
    if kind == Scalar("string") and name.lower().endswith("connectionstring") and call.arguments.get("namespaceName"):
        host, rule = call.arguments["namespaceName"], call.arguments.get("authorizationRuleName")
        key = _secret(call, name.lower().replace("connectionstring", "key"))
        return f"Endpoint=sb://{host}.servicebus.windows.net/;SharedAccessKeyName={rule};SharedAccessKey={key}"
    if kind == Scalar("string") and not _OPEN.search(name.rpartition(" ")[2]):
        return f"rehearsal{name[-1]}" if name.lower().endswith(("name", "name1", "name2")) else _secret(call, name)
    return make_placeholder(name, kind, lambda count, purpose: digits(call, count, purpose))


def _secret(call: Call, purpose: str) -> str:
    return base64.b64encode(bytes.fromhex(digits(call, 128, purpose))).decode()


FACTS: Mapping[str, Answer] = {
    "azure-native:app:getCustomDomainVerificationId": verification,
    "azure-native:authorization:getClientConfig": client,
    "azure-native:authorization:getClientToken": token,
    "azure-native:containerregistry:listRegistryCredentials": registry_credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": kubeconfig,
    "azure-native:containerservice:listManagedClusterUserCredentials": kubeconfig,
    "azure-native:cosmosdb:listDatabaseAccountConnectionStrings": connection_strings,
    # https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-private (MySQL works likewise)
    "azure-native:dbformysql:getGetPrivateDnsZoneSuffixExecute": lambda call: {
        "privateDnsZoneSuffix": "private.mysql.database.azure.com"
    },
    "azure-native:dbforpostgresql:getGetPrivateDnsZoneSuffixExecute": lambda call: {
        "value": "private.postgres.database.azure.com"
    },
    "azure-native:dbforpostgresql:getPrivateDnsZoneSuffix": lambda call: {
        "value": "private.postgres.database.azure.com"
    },
    "azure-native:storage:listStorageAccountKeys": storage_keys,
}


def answer(call: Call, made: Made) -> dict[str, Any]:
    """Returns the function's result. `made` describes an external resource, which is assumed to exist.

    Raises CloudError for a function that the rehearsal does not know and that finds nothing in the inventory.
    """
    token = call.kind.token
    if fact := _fact(token):
        return finish(call, fact(call))
    for entry in find(call, resource_of(token)):
        return finish(call, {**entry.outputs, "id": entry.id})
    kind = call.resource_type(resource_of(token))
    if kind is None and token.partition(":")[2].partition(":")[2].startswith("list"):
        return finish(call, {})  # a report about activity, which a rehearsal does not have, so its lists are empty
    if kind is None:
        raise refuse_unknown(call, FACTS)
    return finish(call, describe_external(call, kind, made))


def _fact(token: str) -> Answer | None:
    for pattern, answer_with in ((_KEYS, keys), (_CALLBACK, callback), (_EVENT_ADDRESS, event_address)):
        if token not in FACTS and pattern.search(token):
            return answer_with
    return FACTS.get(token)


def describe_external(call: Call, kind: ResourceType, made: Made) -> dict[str, Any]:
    """Returns the outputs that a resource with the call's arguments would have if this rehearsal had created it."""
    location = compact(location_of(call.config) or "westeurope")
    names = {name: value for name, value in call.arguments.items() if value is not None}
    inputs = {"location": location, **names} if "location" in kind.inputs else names
    planned = PlannedResource(
        kind, f"external::{kind.token}", kind.name, inputs, call.scope, call.config, digits(call, 64)
    )
    identity, outputs = made(planned)
    return {**outputs, **_properties(names), "id": identity}


def _properties(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Values inside objects that the creator of an external resource would have set, such as a vault's address."""
    if "vaultName" not in asked:
        return {}
    return {"properties": {"vaultUri": f"https://{asked['vaultName']}.vault.azure.net/", "tenantId": TENANT}}
