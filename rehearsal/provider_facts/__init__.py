"""Facts about resource types that the SDKs do not state: changes that replace a resource, and values that are refused.

The sources, in order of trust:

* `aws/types/` and `azure/types/` (`type_facts`): facts checked by hand for the types that serve models and the types
  around them. Their `force_new` lists come from the Terraform provider, which runs behind Pulumi's provider. Their
  `values` are rules of the APIs that no schema has.
* AWS's CloudFormation registry (`registry`), which the package cfn-lint ships: create-only properties, patterns,
  lengths, ranges and enums of 1,854 types. They cover half of Pulumi's AWS types (`type_names`, `property_names`).
* AWS's API models (`api_models`), which only add to the accepted values: the API may accept more than CloudFormation.
* For azure-native, the parts of a resource's path, which never change (`azure/types/_common.toml`, `replacement`).

A wrong refusal is worse than a missing one. So a type without a source is not checked, a property is checked only if
its name certainly means the same, and identifiers are not checked. A test runs every example in the SDK's documentation
through `check`. Quotas, permissions, existing resources and rules for several resources are outside of this package.

docs/teach-a-type.md explains how to add a type.
"""

from __future__ import annotations

from rehearsal.provider.check_failure import CheckFailure
from rehearsal.provider_facts.check_values import check
from rehearsal.provider_facts.replacement import replaces
from rehearsal.provider_facts.type_names import cfn_type

__all__ = ["CheckFailure", "cfn_type", "check", "replaces"]
