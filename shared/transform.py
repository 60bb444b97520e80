"""Transforming every resource of the program, including the children of remote components.

The engine calls back for those children alone: a call for every resource took a seventh of a program's processor time
(2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from shared.tagging import is_taggable, with_tags

HELD = frozenset(
    {
        "aws:apigateway/domainName:DomainName",
        "aws:apigateway/restApi:RestApi",
        "aws:kms/key:Key",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:sagemaker/endpoint:Endpoint",
        "azure-native:machinelearningservices:OnlineEndpoint",
        "azure-native:machinelearningservices:Workspace",
    }
)
"""What callers hold: an endpoint's name, an address or a key is written down where no program of ours reaches. The
engine refuses to delete or replace it, until a reviewed change says that it is meant."""
PROTECTED = pulumi.ResourceOptions(protect=True)


Inputs = Mapping[str, Any]


def transform_everything(tags: Mapping[str, str], *, protected: bool) -> None:
    """Register it for the program that is running; `protected` is whether what callers hold is not to be deleted."""

    def change(
        token: str, inputs: Inputs, options: pulumi.ResourceOptions
    ) -> tuple[Inputs, pulumi.ResourceOptions] | None:
        taggable, held = is_taggable(token), protected and token in HELD
        if not (taggable or held):
            return None
        return (
            with_tags(inputs, tags) if taggable else inputs,
            pulumi.ResourceOptions.merge(options, PROTECTED) if held else options,
        )

    def change_child(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        changed = change(args.type_, args.props, args.opts)
        return pulumi.ResourceTransformResult(*changed) if changed else None

    def change_own(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if is_remote(args.resource):
            calls = pulumi.ResourceOptions(transforms=[change_child])
            return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, calls))
        changed = change(args.type_, args.props, args.opts)
        return pulumi.ResourceTransformationResult(*changed) if changed else None

    pulumi.runtime.register_stack_transformation(change_own)


def is_remote(resource: pulumi.Resource) -> bool:
    """Whether it is an SDK's component, whose children a provider makes and not this program."""
    return isinstance(resource, pulumi.ComponentResource) and type(resource).__module__.startswith("pulumi_")
