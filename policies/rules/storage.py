"""Buckets, keys and queues: who can read what models and callers leave behind."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

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
