"""S3: settings of a bucket that require or exclude each other."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.policies import public_statements, statements, words
from rehearsal.values import UNKNOWN

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")


def _versions(name: str) -> tuple[str, str]:
    """The type tokens of a bucket setting: the current `BucketAcl` and `BucketAclV2`, its name before version 7."""
    lower = f"b{name[1:]}"
    return f"aws:s3/{lower}:{name}", f"aws:s3/{lower}V2:{name}V2"


ACLS, VERSIONING = _versions("BucketAcl"), _versions("BucketVersioning")
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_LOCKS = _versions("BucketObjectLockConfiguration")
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"


def settings_of(bucket: Resource, program: Program, *types: str) -> list[Resource]:
    return [resource for resource in program.of(*types) if program.refer(resource, "bucket", *BUCKETS) is bucket]


@rule(BUCKETS[0], source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html")
def bucket_name_is_free(it: Resource, program: Program) -> Found:
    """The name must be unique across all regions, so resources of all regions are compared."""
    for other in program.of(it.type) if it.text("bucket") else ():
        same = other.text("bucket") == it.text("bucket") and other.provider == it.provider
        if other.urn < it.urn and same:
            message = "BucketAlreadyOwnedByYou: Your previous request to create the bucket succeeded"
            yield "bucket", f"{message}: {other.name!r} has the name {other.text('bucket')!r}, too"


OBJECTS = ("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/objectCopy:ObjectCopy")


@rule(*OBJECTS, source=f"{_GUIDE}/object-lock.html")
def bucket_locks_objects(it: Resource, program: Program) -> Found:
    bucket = program.refer(it, "bucket", *BUCKETS)
    locked = next((name for name in ("objectLockMode", "objectLockLegalHoldStatus") if it.text(name)), "")
    if not locked or bucket is None or not bucket.new or bucket.get("objectLockEnabled") not in (None, False):
        return
    if not settings_of(bucket, program, *_LOCKS) and not bucket.get("objectLockConfiguration"):
        yield locked, "InvalidRequest: Bucket is missing Object Lock Configuration"


@rule(*ACLS, POLICY, source=f"{_GUIDE}/access-control-block-public-access.html")
def public_access_is_not_blocked(it: Resource, program: Program) -> Found:
    bucket = program.refer(it, "bucket", *BUCKETS)
    if bucket is None or not bucket.new:
        return
    acl = it.type in ACLS
    public = it.text("acl").startswith("public-") if acl else any(public_statements(it.get("policy")))
    blocks = settings_of(bucket, program, PUBLIC_ACCESS)
    name = "blockPublicAcls" if acl else "blockPublicPolicy"
    blocked = not blocks or any(block.get(name) is True for block in blocks)
    if public and blocked:
        message = "AccessDenied: User is not authorized to perform this operation because public"
        kind = "access control lists (ACLs)" if acl else "policies"
        path = "acl" if acl else "policy"
        yield path, f"{message} {kind} are prevented by the {name} setting of S3 Block Public Access"


_NO_ACTIONS = ("s3:listobjects", "s3:listobjectsv2", "s3:headobject", "s3:headbucket", "s3:copyobject")
"""Operations of S3 whose permission has another name, for example s3:ListBucket."""


@rule(POLICY, source=f"{_GUIDE}/amazon-s3-policy-keys.html")
def policy_is_about_its_bucket(it: Resource, program: Program) -> Found:
    bucket = program.refer(it, "bucket", *BUCKETS)
    name = bucket.text("bucket") if bucket else it.text("bucket")
    for statement in statements(it.get("policy")) or ():
        if "Principal" not in statement and "NotPrincipal" not in statement:
            yield "policy", "MalformedPolicy: Missing required field Principal"
        if isinstance(principal := statement.get("Principal"), Mapping) and "*" in principal:
            yield "policy", "MalformedPolicy: Invalid principal in policy: '*' is no kind of principal, like AWS"
        resources = words(statement.get("Resource"))
        arns = [arn.removeprefix("arn:aws:s3:::") for arn in resources if arn.startswith("arn:aws:s3:::")]
        if name and arns and not all(re.fullmatch(r"[*?]+|" + re.escape(name) + r"(/.*|[*?].*)?", arn) for arn in arns):
            message = "MalformedPolicy: Policy has invalid resource"
            yield "policy", f"{message}: {resources[0]}, expected the bucket {name!r}"
        actions = words(statement.get("Action"))
        for action in actions:
            if action.lower() in _NO_ACTIONS:
                yield "policy", f"MalformedPolicy: Policy has invalid action: {action}, which is an operation only"
        on_objects = [
            action for action in actions if re.fullmatch(r"s3:(Get|Put|Delete)Object(Acl|Tagging|Version)?", action)
        ]
        if actions and on_objects == actions and arns and all("/" not in arn and "*" not in arn for arn in arns):
            message = "MalformedPolicy: Action does not apply to any resource(s) in statement"
            yield "policy", f"{message}: {actions[0]} needs objects, like {resources[0]}/*"
        listed = [
            key for key in _condition_keys(statement) if key.lower() in ("s3:prefix", "s3:delimiter", "s3:max-keys")
        ]
        others = [action for action in actions if "*" not in action and not action.lower().startswith("s3:listbucket")]
        if listed and others:
            message = "MalformedPolicy: Conditions do not apply to combination of actions and resources in statement"
            yield "policy", f"{message}: {listed[0]} is for s3:ListBucket, not for {others[0]}"
        on_bucket = [
            action for action in actions if re.fullmatch(r"s3:(ListBucket|GetBucketLocation|GetBucketAcl)", action)
        ]
        if actions and on_bucket == actions and arns and all("/" in arn and not arn.startswith("*") for arn in arns):
            message = "MalformedPolicy: Action does not apply to any resource(s) in statement"
            yield "policy", f"{message}: {actions[0]} needs the bucket itself"


def _condition_keys(statement: Mapping[str, object]) -> list[str]:
    conditions = statement.get("Condition")
    several = conditions.values() if isinstance(conditions, Mapping) else ()
    return [str(key) for item in several if isinstance(item, Mapping) for key in item]


@rule(REPLICATION, source=f"{_GUIDE}/replication-requirements.html")
def replication_needs_versions(it: Resource, program: Program) -> Found:
    bucket = program.refer(it, "bucket", *BUCKETS)
    ends = [(bucket, "bucket")] if bucket else []
    for index, _ in enumerate(it.list("rules")):
        target = program.refer(it, f"rules[{index}].destination.bucket", *BUCKETS)
        ends += [(target, f"rules[{index}].destination.bucket")] if target and target is not bucket else []
    for end, path in ends:
        if not end.new:
            continue
        versioning = settings_of(end, program, *VERSIONING)
        enabled = [v for v in versioning if v.get("versioningConfiguration.status") in ("Enabled", UNKNOWN)]
        inline = end.get("versioning.enabled") or end.get("versionings")
        message = "InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        if not enabled and not inline:
            yield path, f"{message}: {end.name!r}"
        # Only the source bucket must be waited for: the provider's example does not wait for the destination's setting.
        elif enabled and end is bucket and not program.waits_for(it, *enabled):
            yield path, f"{message}: depend on {enabled[0].name!r}"
