"""What the real clouds know and the SDKs' types do not: what a change replaces, and which values are refused.

Where it comes from, in order of trust:

* `aws/types/` and `azure/types/` (`type_facts`): what was checked by hand for the types that serve models and what is
  around them. Their `force_new` lists are the Terraform provider's own, because that provider runs behind Pulumi's;
  their `values` are the APIs' rules where no schema has them.
* AWS's CloudFormation registry (`registry`), which the package cfn-lint ships: create-only properties, patterns,
  lengths, ranges and enums of 1,854 types, half of Pulumi's AWS types among them (`type_names`, `property_names`).
* AWS's API models (`api_models`), which only ever allow: a value that CloudFormation's list lacks and the API has.
* For azure-native the parts of a resource's address, which never change (`azure/types/_common.toml`, `replacement`).

Refusing what the cloud accepts is worse than missing what it refuses. So a type that no source knows is not checked, a
property is checked only where its name surely means the same, identifiers are left alone, and a test runs
every example of the SDK's documentation through `check`. What it cannot know: quotas, permissions, what exists
already, and rules over several resources.

docs/teach-a-type.md says how a type is added.
"""

from __future__ import annotations

from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider_facts.check_values import check
from rehearsal.provider_facts.replacement import replaces
from rehearsal.provider_facts.type_names import cfn_type

__all__ = ["CheckFailure", "cfn_type", "check", "replaces"]
