"""Makes the engine refuse to delete or replace what callers hold, until a reviewed change says that it is meant.

An endpoint's name, an address or a key is written down where no program of ours reaches.
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


def with_protection(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(protect=True))
