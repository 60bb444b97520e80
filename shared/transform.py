"""What the engine is to do to every resource of the program, children of remote components included.

One transform for all of it: each is a call from the engine into the program for every resource, which took a fourteenth
of a preview's processor time (2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping

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


def transform_everything(tags: Mapping[str, str], *, protected: bool) -> None:
    """Register it for the program that is running; `protected` is whether what callers hold is not to be deleted."""

    def tag_and_protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        taggable, held = is_taggable(args.type_), protected and args.type_ in HELD
        if not (taggable or held):
            return None
        return pulumi.ResourceTransformResult(
            props=with_tags(args.props, tags) if taggable else args.props,
            opts=pulumi.ResourceOptions.merge(args.opts, PROTECTED) if held else args.opts,
        )

    pulumi.runtime.register_resource_transform(tag_and_protect)
