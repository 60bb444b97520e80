"""What the real clouds know and the SDKs' types do not: what a change replaces, and which values are refused.

For AWS the CloudFormation registry says most of it (its schemas come with cfn-lint); `aws.toml` adds what the Terraform
provider behind Pulumi does differently. For Azure `azure.toml` is a small checked table. A resource type that is in
neither is judged by nothing: a refusal that the cloud would not make is worse than one that is missed.
"""

from __future__ import annotations

from gitops.rehearsal.refusal import Refusal
from gitops.rehearsal.truth.refusing import refusals
from gitops.rehearsal.truth.replacement import create_only, replaces
from gitops.rehearsal.truth.type_names import cfn_type

__all__ = ["Refusal", "cfn_type", "create_only", "refusals", "replaces"]
