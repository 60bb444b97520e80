"""The words in Azure's templates: facts about the subscription, the resource's digits, and its inputs."""

from __future__ import annotations

import hashlib
from typing import Any

from rehearsal.azure.identities import namespace, own_name, parents, type_path
from rehearsal.azure.subscription import TENANT, compact, location_of
from rehearsal.provider.placeholder import MOMENT, uuid
from rehearsal.provider.templates import Words
from rehearsal.provider_facts import type_facts


class AzureWords(Words):
    """The words for one Azure resource: `name`, `id`, `place` (its location in addresses), … and its inputs."""

    def __getitem__(self, word: str) -> Any:
        kind, separator, purpose = word.partition(":")
        return uuid(self.planned.hex, purpose) if kind == "uuid" and separator else super().__getitem__(word)

    def name(self) -> str:
        own = own_name(self.planned.kind)
        given = self.planned.inputs.get(own or "") or self.planned.inputs.get("name")
        return given if isinstance(given, str) and given else self.planned.name

    def id(self) -> str:
        if template := type_facts.of(self.planned.kind.token).id:
            return self.render(template)
        inputs = self.planned.inputs
        group = f"/subscriptions/{self.planned.scope}/resourceGroups"
        scope = next((str(inputs[key]) for key in ("scope", "resourceUri") if inputs.get(key)), "")
        if not scope and "resourceGroupName" in self.planned.kind.inputs:
            scope = f"{group}/{inputs.get('resourceGroupName', '')}"
        scope = scope or f"/subscriptions/{self.planned.scope}"
        names = [str(inputs.get(parent, "")) for parent in parents(self.planned.kind)]
        segments = type_path(self.planned.kind)
        own = [self.name()] if own_name(self.planned.kind) else []
        path = [part for pair in zip(segments, [*names, *own], strict=False) for part in pair]
        path += segments[len(names) + len(own) :]
        return "/".join([scope.rstrip("/"), "providers", namespace(self.planned.kind), *path])

    def place(self) -> str:
        return compact(self.planned.inputs.get("location") or location_of(self.planned.config))

    def label(self, outer: str, inner: str) -> str:
        given = self.planned.inputs.get(outer)
        label = given.get(inner) if isinstance(given, dict) else None
        return str(label or self.name()).lower()

    def environment(self) -> str:
        """Returns the digits in the addresses of a container environment and of all its apps."""
        inputs = self.planned.inputs
        environment = inputs.get("managedEnvironmentId") or inputs.get("environmentId") or self.id()
        return hashlib.sha256(str(environment).encode()).hexdigest()[:8]

    def kubelet_identity(self) -> str:
        group = self.render("MC_{resourceGroupName}_{name}_{place}")
        prefix = f"/subscriptions/{self.planned.scope}/resourceGroups/{group}"
        return f"{prefix}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{self.name()}-agentpool"


AzureWords.facts = {
    "dns_label": lambda words: words.label("ipAddress", "dnsNameLabel"),
    "dns_prefix": lambda words: words.planned.inputs.get("dnsPrefix") or words.name(),
    "domain_label": lambda words: words.label("dnsSettings", "domainNameLabel"),
    "environment": AzureWords.environment,
    "id": AzureWords.id,
    "kubelet_identity": AzureWords.kubelet_identity,
    "location": lambda words: words.planned.inputs.get("location") or location_of(words.planned.config) or "westeurope",
    "lower_name": lambda words: words.name().lower(),
    "moment": lambda words: MOMENT,
    "name": AzureWords.name,
    "place": AzureWords.place,
    # 203.0.113.0/24 is reserved for documentation (RFC 5737).
    "public_ip": lambda words: f"203.0.113.{int(words.planned.hex(2, 'public'), 16) % 199 + 1}",
    "slot_label": lambda words: "{name}-{slot}".format_map({"slot": "", **words.planned.inputs}).lower(),
    "subscription": lambda words: words.planned.scope,
    "tenant": lambda words: TENANT,
}
