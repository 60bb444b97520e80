"""Buckets: who can read models and callers' data, and how long they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from ..collected import COLLECTS, is_about, list_folders
from ..resources import Resource, Stack
from ..rule import hygiene, lifecycle, security
from ..sagemaker_modes import MODEL
from .load_balancer import BALANCER

BUCKET = "aws:s3/bucket:Bucket"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OF_THE_ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACL = "aws:s3/bucketAcl:BucketAcl"
WEBSITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
# objects of a bucket, from which models are then made
OBJECTS = ("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject", "aws:s3/objectCopy:ObjectCopy")
MODEL_DATA = ("primaryContainer", "containers")
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
# storage classes of which an object must be restored first
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _is_a_website(bucket: Resource, stack: Stack) -> bool:
    return bool(bucket.declared.has("website") or stack.referring(bucket, WEBSITE, "bucket"))


def _holds_models(bucket: Resource, stack: Stack) -> bool:
    """Whether a model of the stack is loaded from the bucket, or from an object that the stack puts into it."""
    objects = [stored_object for type_ in OBJECTS for stored_object in stack.referring(bucket, type_, "bucket")]
    return any(stack.referring(stored, MODEL, path) for stored in [bucket, *objects] for path in MODEL_DATA)


@hygiene.medium(
    BUCKET,
    reference=f"{GUIDE}/access-control-block-public-access.html",
    fix="Add a BucketPublicAccessBlock for the bucket with all four settings true.",
)
def storage_bucket_blocks_public_access(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket has a public access block of its own, or the account has one.

    Buckets made since April 2023 start with one that is in no program, so that its removal is seen in none. With
    one in the program, no later policy or ACL makes the bucket public. (Buckets of web sites are left out.)
    """
    if stack.of(OF_THE_ACCOUNT) or _is_a_website(bucket, stack):
        return
    if not stack.referring(bucket, PUBLIC_ACCESS, "bucket"):
        yield "no BucketPublicAccessBlock refers to this bucket, wanted one"


@security.critical(
    PUBLIC_ACCESS,
    reference=f"{HUB}/s3-controls.html#s3-8",
    fix="Set all four settings of the public access block to true.",
)
def storage_public_access_block_is_complete(block: Resource, stack: Stack) -> Iterator[str]:
    """A public access block has all four settings on.

    Each setting closes one way: a single open one is enough for anybody to read the bucket. (A web site that S3
    itself serves is left out.)
    """
    if any(_is_a_website(bucket, stack) for bucket in stack.follow(block, "bucket", BUCKET)):
        return
    for name in BLOCKS:
        if not block.flag(name):
            yield f"{name} is {block.show(name)}, wanted true"


@security.critical(
    BUCKET,
    ACL,
    reference=f"{HUB}/s3-controls.html#s3-12",
    fix="Remove the ACL and grant access by policy to named roles.",
)
def storage_bucket_has_no_public_acl(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket's ACL is not public.

    A public ACL on a bucket with captured requests publishes what callers sent. (Buckets of web sites are left
    out.)
    """
    buckets = [bucket] if bucket.type == BUCKET else stack.follow(bucket, "bucket", BUCKET)
    public = (bucket.text("acl") or "private").startswith(("public-", "authenticated-"))
    if public and not any(_is_a_website(other, stack) for other in buckets):
        yield f'acl is {bucket.show("acl")}, wanted "private" or none'


@hygiene.medium(
    BUCKET,
    reference=f"{HUB}/s3-controls.html#s3-17",
    fix="Set the default encryption to aws:kms, with kms_master_key_id.",
)
def storage_bucket_uses_a_customer_managed_key(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket is encrypted with a key that the team controls.

    S3 encrypts every object anyway, but only with the team's own key can the team end access by disabling the key.
    aws:kms without a key uses the one that AWS manages. (Buckets for load balancers' access logs are left out: the
    service can only write to AES256.)
    """
    if stack.referring(bucket, BALANCER, "accessLogs.bucket") or _is_a_website(bucket, stack):
        return
    encryptions = stack.referring(bucket, ENCRYPTION, "bucket")
    rules = [rule_ for encryption in encryptions for rule_ in encryption.children("rules")]
    if not rules:
        yield "no BucketServerSideEncryptionConfiguration refers to this bucket, wanted one with a KMS key"
    for default in (rule_.child("applyServerSideEncryptionByDefault") for rule_ in rules):
        if default.text("sseAlgorithm") not in ("aws:kms", "aws:kms:dsse"):
            yield f'sseAlgorithm is {default.show("sseAlgorithm")}, wanted "aws:kms"'
        elif not default.has("kmsMasterKeyId"):
            yield "kmsMasterKeyId is not set, wanted a key of the team's"


@hygiene.medium(
    BUCKET,
    reference=f"{HUB}/s3-controls.html#s3-14",
    fix="Add a BucketVersioning for the bucket, enabled.",
)
def storage_bucket_keeps_versions(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket keeps the versions that are overwritten.

    If an artefact is uploaded over the running one, a rollback needs the old version.
    """
    versionings = stack.referring(bucket, VERSIONING, "bucket")
    if not any(v.text("versioningConfiguration.status") == "Enabled" for v in versionings):
        yield "no BucketVersioning with status Enabled refers to this bucket, wanted one"


@hygiene.low(
    BUCKET,
    reference=f"{HUB}/s3-controls.html#s3-13",
    fix="Add a BucketLifecycleConfiguration with an expiry.",
)
def storage_bucket_expires_collected_data(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket that collects data deletes it after a time.

    Captured requests, results and access logs only grow, and data that is not kept cannot leak. (Left out are
    buckets of models and of web sites, whose objects are still needed.) A rule for another prefix, or for objects with
    a tag or of a size, leaves what is written here.
    """
    collects = any(stack.referring(bucket, type_, path) for type_, path in COLLECTS)
    lifecycles = stack.referring(bucket, LIFECYCLE, "bucket")
    rules = [rule for each in lifecycles for rule in each.children("rules") if rule.text("status") != "Disabled"]
    expiring = [rule for rule in rules if rule.has("expiration")]
    if collects and not lifecycles:
        yield "no BucketLifecycleConfiguration refers to this bucket, wanted one"
    elif collects and not expiring:
        yield "no rule of its BucketLifecycleConfiguration has an expiration, wanted one"
    for folder in sorted(set(list_folders(bucket, stack))) if expiring else ():
        if not any(is_about(rule, folder) for rule in expiring):
            yield f"no rule with an expiration is about {folder}, where data is collected, wanted one"


@lifecycle.high(
    LIFECYCLE,
    reference=f"{GUIDE}/lifecycle-expire-general-considerations.html",
    fix="Expire noncurrent versions only, or give the expiry a filter that leaves the models out.",
)
def storage_served_models_do_not_expire(configuration: Resource, stack: Stack) -> Iterator[str]:
    """A bucket that models are loaded from neither deletes nor archives them by age.

    An added or replaced instance downloads the model again. If the model has expired, or lies in an archive that takes
    hours to answer, the endpoint still serves, but it cannot scale.
    """
    if not any(_holds_models(bucket, stack) for bucket in stack.follow(configuration, "bucket", BUCKET)):
        return
    served = [key for model in stack.of(MODEL) for key in _keys_of(model)]
    for rule in configuration.children("rules"):
        prefix = rule.text("filter.prefix") or rule.text("prefix")
        apart = rule.has("filter.tag") or rule.has("filter.and") or (prefix and not _is_served(prefix, served))
        if rule.text("status") != "Enabled" or apart:
            continue
        if rule.has("expiration.days"):
            of = f"what begins with {prefix}" if prefix else "every object"
            yield f"expiration.days is {rule.show('expiration.days')} for {of}, wanted the models left out"
        for move in rule.children("transitions"):
            if move.text("storageClass") in ARCHIVES:
                yield f"transitions has {move.show('storageClass')}, wanted the models left out"


def _keys_of(model: Resource) -> Iterator[str]:
    """The keys, within their bucket, that a model is loaded from, as far as the program says them."""
    for container in (model.child("primaryContainer"), *model.children("containers")):
        if container.known("modelDataUrl"):
            yield (container.text("modelDataUrl") or "").removeprefix("s3://").partition("/")[2]


def _is_served(prefix: str, keys: list[str]) -> bool:
    return any(key.startswith(prefix) for key in keys)


@hygiene.medium(
    BUCKET,
    reference=f"{HUB}/s3-controls.html#s3-5",
    fix="Add a bucket policy that denies requests without aws:SecureTransport.",
)
def storage_bucket_requires_tls(bucket: Resource, stack: Stack) -> Iterator[str]:
    """A bucket's policy refuses requests without TLS.

    The S3 API still answers over plain HTTP, and a signed request can be read on the way.
    """
    policies = stack.referring(bucket, BUCKET_POLICY, "bucket")
    if not policies:
        yield "no bucket policy refers to this bucket, wanted one that denies requests without TLS"
    elif not any(_denies_plain_http(policy) for policy in policies):
        yield 'the bucket policy has no Deny on "aws:SecureTransport": "false", wanted one'


def _denies_plain_http(policy: Resource) -> bool:
    """Whether it is a Deny on `aws:SecureTransport: false`, given as text, as a boolean, or in a list."""
    for statement in policy.document("policy").children("Statement"):
        if statement.text("Effect") == "Deny":
            for operator in ("Bool", "BoolIfExists"):
                condition = statement.child(f"Condition.{operator}").raw
                values = [value for key, value in condition.items() if key.casefold() == "aws:securetransport"]
                if any(value in ("false", False, ["false"], [False]) for value in values):
                    return True
    return False
