"""A load balancer's access logs in a private bucket."""

from __future__ import annotations

import pulumi

from shared.aws.bucket import PrivateBucket
from shared.aws.iam import allow_service
from shared.aws.site import Site

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


def access_log_bucket(name: str, *, site: Site, opts: pulumi.ResourceOptions) -> PrivateBucket:
    """A bucket the load balancers of this account may write to, kept as long as the stack's other logs.

    Encrypted with S3's own key: load balancers cannot write to a bucket that asks for another. The account is in the
    path, as in the service's own policy; with a condition on it deliveries have failed ("Access Denied for bucket").
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    ours = f"/AWSLogs/{site.place.account}/*"
    return PrivateBucket(
        name,
        site=site,
        own_key=False,
        expire_days=site.logs.retention_days,
        grants=lambda arn: [
            allow_service(DELIVERY, "s3:PutObject", on=pulumi.Output.concat(arn, ours)),
        ],
        opts=opts,
    )
