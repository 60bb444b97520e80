"""Buckets, keys and queues: who can read what models and callers leave behind."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .load_balancer import BALANCER

BUCKET = "aws:s3/bucket:Bucket"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule(
    BUCKET,
    category="security",
    severity="critical",
    reference=f"{HUB}/s3-controls.html#s3-8",
    fix="Add a BucketPublicAccessBlock for the bucket with all four settings true.",
)
def storage_bucket_blocks_public_access(bucket: Resource, stack: Stack) -> Iterator[str]:
    """Every bucket has a public access block.

    Buckets hold model weights and captured requests. With the block in place no policy or ACL written later, by
    whomever, can make them public.
    """
    if not stack.referring(bucket, PUBLIC_ACCESS, "bucket"):
        yield "no BucketPublicAccessBlock refers to this bucket, wanted one"


@rule(
    PUBLIC_ACCESS,
    category="security",
    severity="critical",
    reference=f"{HUB}/s3-controls.html#s3-8",
    fix="Set all four settings of the public access block to true.",
)
def storage_public_access_block_is_complete(block: Resource) -> Iterator[str]:
    """A public access block blocks everything.

    Each of the four settings closes one way: one left open is enough for a bucket to be read by anyone.
    """
    for name in BLOCKS:
        if not block.flag(name):
            yield f"{name} is {block.show(name)}, wanted true"


@rule(
    BUCKET,
    "aws:s3/bucketAcl:BucketAcl",
    category="security",
    severity="critical",
    reference=f"{HUB}/s3-controls.html#s3-12",
    fix="Remove the ACL and grant access by policy to named roles.",
)
def storage_bucket_has_no_public_acl(bucket: Resource) -> Iterator[str]:
    """No bucket grants access to everybody.

    A public ACL on a bucket with captured requests publishes what callers sent.
    """
    if (bucket.text("acl") or "private").startswith(("public-", "authenticated-")):
        yield f'acl is "{bucket.text("acl")}", wanted "private" or none'


ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"


@rule(
    ENCRYPTION,
    category="security",
    severity="medium",
    reference=f"{HUB}/s3-controls.html#s3-17",
    fix="Set the default encryption to aws:kms with the stack's key.",
)
def storage_bucket_uses_a_key_of_its_own(encryption: Resource, stack: Stack) -> Iterator[str]:
    """A bucket is encrypted with a key the team controls.

    Every object is encrypted anyway; only with a key of one's own can access be ended by ending the key. Buckets for
    load balancers' access logs are left out: the service can write only to AES256.
    """
    buckets = stack.referred(encryption, "bucket", BUCKET)
    if any(stack.referring(bucket, BALANCER, "accessLogs.bucket") for bucket in buckets):
        return
    for each in encryption.children("rules"):
        kind = each.text("applyServerSideEncryptionByDefault.sseAlgorithm")
        if kind not in ("aws:kms", "aws:kms:dsse"):
            yield f'sseAlgorithm is {each.show("applyServerSideEncryptionByDefault.sseAlgorithm")}, wanted "aws:kms"'


@rule(
    BUCKET,
    category="lifecycle",
    severity="medium",
    reference=f"{HUB}/s3-controls.html#s3-14",
    fix="Add a BucketVersioning for the bucket, enabled.",
)
def storage_bucket_keeps_versions(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket keeps what is overwritten.

    An artefact uploaded over the running one cannot be rolled back to, unless the old version is still there.
    """
    versionings = stack.referring(bucket, VERSIONING, "bucket")
    if not any(v.text("versioningConfiguration.status") == "Enabled" for v in versionings):
        yield "no BucketVersioning with status Enabled refers to this bucket, wanted one"


@rule(
    BUCKET,
    category="cost",
    severity="low",
    reference=f"{HUB}/s3-controls.html#s3-13",
    fix="Add a BucketLifecycleConfiguration with an expiry.",
)
def storage_bucket_forgets(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket removes what is no longer needed.

    Captured requests, access logs and old versions only grow, and what is not kept cannot leak.
    """
    if not stack.referring(bucket, LIFECYCLE, "bucket"):
        yield "no BucketLifecycleConfiguration refers to this bucket, wanted one"


@rule(
    BUCKET,
    category="security",
    severity="medium",
    reference=f"{HUB}/s3-controls.html#s3-5",
    fix="Add a bucket policy that denies requests without aws:SecureTransport.",
)
def storage_bucket_wants_tls(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket refuses requests without TLS.

    The S3 API still answers over plain HTTP, and a signed request can be read on the way.
    """
    policies = stack.referring(bucket, BUCKET_POLICY, "bucket")
    if not policies:
        yield "no bucket policy refers to this bucket, wanted one that denies requests without TLS"
    elif not any(_denies_plain_http(policy) for policy in policies):
        yield 'the bucket policy has no Deny on "aws:SecureTransport": "false", wanted one'


def _denies_plain_http(policy: Resource) -> bool:
    """A Deny on `aws:SecureTransport: false`, which may stand as text, as a truth value, or in a list."""
    for statement in policy.document("policy").children("Statement"):
        if statement.text("Effect") == "Deny":
            for operator in ("Bool", "BoolIfExists"):
                condition = statement.child(f"Condition.{operator}").raw
                values = [value for key, value in condition.items() if key.casefold() == "aws:securetransport"]
                if any(value in ("false", False, ["false"], [False]) for value in values):
                    return True
    return False


@rule(
    "aws:kms/key:Key",
    category="security",
    severity="medium",
    reference=f"{HUB}/kms-controls.html#kms-4",
    fix="Set enable_key_rotation.",
)
def storage_key_rotates(key: Resource) -> Iterator[str]:
    """A key is renewed every year.

    Rotation bounds what one leaked key can open, and costs nothing: old data stays readable.
    """
    if not key.flag("enableKeyRotation"):
        yield f"enableKeyRotation is {key.show('enableKeyRotation')}, wanted true"


@rule(
    "aws:kms/key:Key",
    category="lifecycle",
    severity="medium",
    reference=f"{HUB}/kms-controls.html#kms-3",
    fix="Set deletion_window_in_days to 14 or more.",
)
def storage_key_is_not_deleted_at_once(key: Resource) -> Iterator[str]:
    """A deleted key can be brought back for two weeks.

    Everything encrypted with a key is gone with it: the model, the logs, the captured data.
    """
    days = key.number("deletionWindowInDays")
    if days is not None and days < 14:
        yield f"deletionWindowInDays is {days:g}, wanted 14 or more"


@rule(
    "aws:sns/topic:Topic",
    category="security",
    severity="medium",
    reference=f"{HUB}/sns-controls.html#sns-1",
    fix="Give the topic the stack's KMS key.",
)
def storage_topic_is_encrypted(topic: Resource) -> Iterator[str]:
    """A topic is encrypted.

    Alarm messages name endpoints, accounts and thresholds; they rest on disks until they are delivered.
    """
    if not topic.has("kmsMasterKeyId"):
        yield "kmsMasterKeyId is not set, wanted a KMS key"


@rule(
    "aws:sqs/queue:Queue",
    category="security",
    severity="medium",
    reference=f"{HUB}/sqs-controls.html#sqs-1",
    fix="Set kms_master_key_id, or leave sqs_managed_sse_enabled on.",
)
def storage_queue_is_encrypted(queue: Resource) -> Iterator[str]:
    """A queue is encrypted.

    Failed requests wait in dead-letter queues for days, with everything the caller sent.
    """
    if queue.flag("sqsManagedSseEnabled") is False and not queue.has("kmsMasterKeyId"):
        yield "sqsManagedSseEnabled is false and kmsMasterKeyId is not set, wanted one of them"
