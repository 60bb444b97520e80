"""AWS as a `Cloud`: the scopes, names, identities and outputs of its resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal import provider_facts
from rehearsal.aws import account, names
from rehearsal.aws.default_resources import find_default
from rehearsal.aws.invocations import answer
from rehearsal.aws.nested import within
from rehearsal.aws.target_groups import find_taken_group
from rehearsal.aws.template_words import AwsWords
from rehearsal.aws.traffic import shift_traffic
from rehearsal.cloud import Call, Cloud, Naming, PlannedResource
from rehearsal.inventory import Entry, Inventory
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.rules import judge_alone
from rehearsal.provider import resource_outputs
from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider.combinations import check_combinations
from rehearsal.provider_facts import type_facts
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import Scalar
from rehearsal.values import UNKNOWN


@dataclass(frozen=True)
class Aws(Cloud):
    region: str = account.DEFAULT_REGION

    def scope(self, kind: ResourceType, urn: str, inputs: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        regional = type_facts.service_of(kind.token).regional and type_facts.of(kind.token).regional
        return account.region_of(inputs, config, self.region) if regional else "global"

    def scope_of_call(self, arguments: Mapping[str, Any], config: Mapping[str, Any]) -> str:
        return account.region_of(arguments, config, self.region)

    def naming(self, kind: ResourceType) -> Naming | None:
        return names.naming(kind)

    def check(self, kind: ResourceType, inputs: dict[str, Any]) -> list[CheckFailure] | list[Refusal]:
        refused = provider_facts.check(kind.token, inputs) or list(judge_alone(kind.token, inputs))
        return refused or list(check_combinations(kind, inputs))

    def replaces(self, kind: ResourceType, path: str) -> bool:
        return path == "region" or provider_facts.replaces(kind.token, path)

    def deletes_before_replace(self, kind: ResourceType) -> bool:
        return type_facts.of(kind.token).delete_before_replace

    def counters(self, kind: ResourceType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, bool]:
        facts = type_facts.of(kind.token)
        watched = {*before, *after} - facts.uncounted
        silent = "publish" in kind.inputs and after.get("publish") is not True
        moved = not silent and any(before.get(name) != after.get(name) for name in watched)
        return dict.fromkeys(facts.counters, moved)

    def identity(self, planned: PlannedResource) -> str:
        return str(self._words(planned).id())

    def known_outputs(self, planned: PlannedResource) -> dict[str, Any]:
        known: dict[str, Any] = {}
        if (region := planned.kind.outputs.get("region")) and region.type == Scalar("string"):
            known["region"] = self._region(planned)
        if "tagsAll" in planned.kind.outputs:
            known["tagsAll"] = _all_tags(planned)
        return known

    def compute_outputs(self, planned: PlannedResource, identity: str) -> dict[str, Any]:
        words = self._words(planned, identity)
        computed = words.render(type_facts.of(planned.kind.token).outputs)
        if "arn" in planned.kind.outputs:
            computed.setdefault("arn", words.arn())
        for name in filter(lambda output: _names_its_own_arn(planned.kind, output), planned.kind.outputs):
            computed.setdefault(name, computed.get("arn") or words.arn())
        rule = names.naming(planned.kind)
        named = rule.input if rule else "name"
        if named in planned.kind.outputs:
            computed.setdefault(named, words.name())
        return computed

    def compute_nested(self, planned: PlannedResource, identity: Any) -> dict[str, Any]:
        template = type_facts.of(planned.kind.token).nested
        words = None if identity is UNKNOWN else self._words(planned, identity)
        return {name: value for name, value in within(template, planned.inputs, words).items() if value is not None}

    def default_resource(self, kind: ResourceType, scope: str, identity: str) -> Entry | None:
        return find_default(kind.token, scope, identity)

    def refuse(self, inventory: Inventory, planned: PlannedResource) -> str:
        group = find_taken_group(inventory, planned.kind.token, planned.scope, planned.inputs)
        message = "cannot be associated with more than one load balancer"
        return group and f"TargetGroupAssociationLimit: Target group '{group}' {message}"

    def act_alone(self, inventory: Inventory, before: Entry | None, after: Entry) -> None:
        shift_traffic(inventory, before, after)

    def inputs_from_id(self, kind: ResourceType, identity: str) -> dict[str, Any] | None:
        rule, last = names.naming(kind), re.split(r"[/:]", identity)[-1]
        opaque = re.fullmatch(r"[a-z]+-[0-9a-f]{8,17}|[A-Z0-9]{10,}|[0-9a-f-]{32,}", last)
        return {rule.input: last} if rule and not opaque else {}

    def invoke(self, call: Call) -> dict[str, Any]:
        return answer(call, self._describe_external)

    def _describe_external(self, planned: PlannedResource, identity: str | None) -> tuple[str, dict[str, Any]]:
        known_identity = identity or self.identity(planned)
        return known_identity, resource_outputs.apply(self, planned, known_identity)

    def _words(self, planned: PlannedResource, identity: str | None = None) -> AwsWords:
        return AwsWords(planned, self._region(planned), identity)

    def _region(self, planned: PlannedResource) -> str:
        return account.region_of(planned.inputs, planned.config, self.region)


def _names_its_own_arn(kind: ResourceType, output: str) -> bool:
    """Whether an output holds the resource's own ARN: `guardrailArn` of a Guardrail, `dbSnapshotArn` of a Snapshot."""
    stem, own = output.removesuffix("Arn").lower(), kind.name.lower()
    if output in kind.inputs or stem == output.lower() or not stem:
        return False
    return own.endswith(stem) or stem.endswith(own)


def _all_tags(planned: PlannedResource) -> Any:
    """The provider's `defaultTags`, overridden by the resource's tags: https://www.pulumi.com/registry/packages/aws/"""
    default = planned.config.get("defaultTags")
    tags = planned.inputs.get("tags") or {}
    common = default.get("tags") if isinstance(default, dict) else None
    return {**common, **tags} if isinstance(common, dict) and isinstance(tags, dict) else tags
