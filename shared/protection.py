"""Makes the engine refuse to delete or replace what callers hold, until a reviewed change says that it is meant.

An endpoint's name, an address or a key is written down where no program of ours reaches. A transform, so that it
reaches the children of remote components as well.
"""

from __future__ import annotations

import pulumi

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


def protect_what_callers_hold() -> None:
    """Register the transform for the program that is running."""

    def protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ not in HELD:
            return None
        protected = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
        return pulumi.ResourceTransformResult(props=args.props, opts=protected)

    pulumi.runtime.register_resource_transform(protect)
