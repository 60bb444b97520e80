"""What buckets gather unseen: versions that nobody reads any more, and a call to KMS for each object."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import cost, hygiene
from .buckets import BUCKET, ENCRYPTION, GUIDE, HUB, LIFECYCLE, VERSIONING


@hygiene.medium(
    VERSIONING,
    reference=f"{HUB}/s3-controls.html#s3-10",
    fix="Add a rule with noncurrent_version_expiration to the bucket's lifecycle configuration, enabled.",
)
def storage_bucket_expires_old_versions(versioning: Resource, stack: Stack) -> Iterator[str]:
    """A bucket that keeps versions deletes the old ones after a time.

    What is overwritten or deleted stays, and is paid for, where no listing shows it; what callers sent stays too. A
    rule that is switched off does nothing. Judged where the program has the bucket.
    """
    if versioning.text("versioningConfiguration.status") != "Enabled":
        return
    for bucket in stack.follow(versioning, "bucket", BUCKET):
        rules = [rule for each in stack.referring(bucket, LIFECYCLE, "bucket") for rule in each.children("rules")]
        enabled = [rule for rule in rules if rule.text("status") != "Disabled"]
        ends = ("noncurrentVersionExpiration", "noncurrentVersionTransitions")
        inline = bucket.declared.has("lifecycleRules")
        if not inline and not any(rule.has(end) for rule in enabled for end in ends):
            yield f"no enabled lifecycle rule of {bucket} has a noncurrentVersionExpiration, wanted one"


@cost.low(
    ENCRYPTION,
    reference=f"{GUIDE}/bucket-key.html",
    fix="Set bucket_key_enabled.",
)
def storage_bucket_has_a_bucket_key(encryption: Resource) -> Iterator[str]:
    """A bucket that is encrypted with a KMS key asks KMS once for many objects.

    Without a bucket key each object that is read or written is a request to KMS, which is paid for and counts towards
    the account's limit, so that a burst of reads can be throttled.
    """
    for at, rule in enumerate(encryption.children("rules")):
        kms = rule.text("applyServerSideEncryptionByDefault.sseAlgorithm") == "aws:kms"
        if kms and not rule.flag("bucketKeyEnabled"):
            yield f"rules[{at}].bucketKeyEnabled is {rule.show('bucketKeyEnabled')}, wanted true"
