"""Logs that are switched on and never arrive."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import observability
from .buckets import BUCKET, ENCRYPTION
from .load_balancer import BALANCER


@observability.high(
    BALANCER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    fix="Encrypt the bucket of the logs with AES256 (SSE-S3).",
)
def load_balancer_can_write_its_logs(balancer: Resource, stack: Stack) -> Iterator[str]:
    """The bucket that an application load balancer writes its logs to is encrypted with S3's own key.

    The load balancer knows no other encryption. With a KMS key as the bucket's default the setting looks right, and not
    one log arrives. (Network load balancers can use a key of one's own.)
    """
    if balancer.text("loadBalancerType") in ("network", "gateway") or not balancer.flag("accessLogs.enabled"):
        return
    for bucket in stack.follow(balancer, "accessLogs", BUCKET) or stack.follow(balancer, "accessLogs.bucket", BUCKET):
        for encryption in stack.referring(bucket, ENCRYPTION, "bucket"):
            defaults = [rule.child("applyServerSideEncryptionByDefault") for rule in encryption.children("rules")]
            algorithms = [default.text("sseAlgorithm") or "" for default in defaults]
            for algorithm in (algorithm for algorithm in algorithms if algorithm.startswith("aws:kms")):
                yield f'the logs go to {bucket}, whose sseAlgorithm is "{algorithm}", wanted AES256'
