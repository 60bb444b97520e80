"""A log group that exists before the service writes to it; the service itself would create one without retention or
key."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.site import Site


def log_group(
    resource: str,
    *,
    name: pulumi.Input[str] | None = None,
    site: Site,
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogGroup:
    return aws.cloudwatch.LogGroup(
        resource,
        name=name,
        retention_in_days=site.logs.retention_days,
        kms_key_id=site.key_arn,
        region=site.region,
        opts=opts,
    )
