"""Azure as a `Cloud`: the scopes, names, identities and outputs of its resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal import provider_facts
from rehearsal.azure.children import children
from rehearsal.azure.identities import names_in, namespace, own_name, parents, type_path
from rehearsal.azure.invocations import answer
from rehearsal.azure.subscription import TENANT, location_of, subscription_of
from rehearsal.azure.template_words import AzureWords
from rehearsal.cloud import Call, Cloud, Naming, PlannedResource
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.rules import judge_alone
from rehearsal.provider import resource_outputs
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType

_VERSION = re.compile(r"Uses Azure REST API version (\S+?)\.(?:\s|$)")


@dataclass(frozen=True)
class Azure(Cloud):
    def scope(self, kind: ResourceType, urn: str, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return subscription_of(config)

    def scope_of_call(self, arguments: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return subscription_of(config)

    def naming(self, kind: ResourceType) -> Naming | None:
        """Follows azure-native's `AutoNamer`: top-level resources get digits, child resources only the logical name."""
        own = own_name(kind)
        if own is None:
            return None
        if own in ("roleAssignmentName", "roleDefinitionId"):
            return Naming(own, digits=32, separator="", as_uuid=True)
        alone = not parents(kind) or own in ("endpointName", "customDomainName")
        return Naming(own, digits=8, separator="") if alone else Naming(own, digits=0, separator="")

    def defaults(self, kind: ResourceType, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
        location = location_of(config)
        return {"location": location} if location and "location" in kind.inputs else {}

    def check(self, kind: ResourceType, inputs: dict[str, Any]) -> list[CheckFailure] | list[Refusal]:
        return provider_facts.check(kind.token, inputs) or list(judge_alone(kind.token, inputs))

    def replaces(self, kind: ResourceType, path: str) -> bool:
        """A change of the name, a parent or the location replaces a resource. `provider_facts` knows the rest."""
        places = {own_name(kind), *parents(kind), "resourceGroupName", "location", "scope", "resourceUri"}
        return path in places or provider_facts.replaces(kind.token, path)

    def identity(self, planned: PlannedResource) -> str:
        return AzureWords(planned).id()

    def compute_outputs(self, planned: PlannedResource, identity: str) -> dict[str, Any]:
        kind, words = planned.kind, AzureWords(planned)
        answers = {
            "name": words.name(),
            "type": "/".join([namespace(kind), *type_path(kind)]),
            "provisioningState": "Succeeded",
            "location": words["location"],
            **(m and {"azureApiVersion": m.group(1)} if (m := _VERSION.search(kind.documentation)) else {}),
            "identity": {"tenantId": TENANT},
            **words.render(type_facts.of(kind.token).outputs),
        }
        declared = {name: value for name, value in answers.items() if name in kind.outputs}
        return {name: value for name, value in _within(declared, planned.inputs, kind).items() if value is not None}

    def compute_nested(self, planned: PlannedResource, identity: Any) -> dict[str, Any]:
        return children(planned.inputs, planned.kind.outputs, identity)

    def inputs_from_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        return names_in(kind, identity)

    def invoke(self, call: Call) -> dict[str, Any]:
        return answer(call, self._describe_external)

    def _describe_external(self, planned: PlannedResource) -> tuple[str, dict[str, Any]]:
        identity = self.identity(planned)
        return identity, resource_outputs.apply(self, planned, identity)


def _within(answers: dict[str, Any], inputs: Mapping[str, Any], kind: ResourceType) -> dict[str, Any]:
    """Drops answers inside input objects that the program does not set. For example, no ingress means no address."""
    always = type_facts.of(kind.token).always
    return {
        name: _inside(value, inputs.get(name)) if name in kind.inputs and name not in always else value
        for name, value in answers.items()
    }


def _inside(value: Any, given: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if not isinstance(given, dict):
        return None
    kept = {key: _inside(item, given.get(key)) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item is not None}
