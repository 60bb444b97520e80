"""awsx:cloudtrail:Trail: a trail, its bucket with a bucket policy, and an optional log group."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.arguments import at_most_one, without
from rehearsal.awsx.containers import to_json
from rehearsal.awsx.context import ComponentContext, Registered, type_alias
from rehearsal.awsx.log_group import require_log_group
from rehearsal.awsx.output_values import apply, field, lift
from rehearsal.values import Output

ALIAS = type_alias("aws:cloudtrail:x:Trail")
_SERVICE = {"Service": "cloudtrail.amazonaws.com"}
_ASSUME = {"Sid": "AllowAssumeRole", "Effect": "Allow", "Principal": _SERVICE, "Action": "sts:AssumeRole"}
ASSUMED_BY_CLOUDTRAIL = {"Version": "2012-10-17", "Statement": [_ASSUME]}


def construct(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    bucket, bucket_name, bucket_arn = _bucket(context, name, arguments.get("s3Bucket"))
    policy = context.register(
        "aws:s3/bucketPolicy:BucketPolicy",
        name,
        {"bucket": bucket_name, "policy": apply(bucket_policy, bucket_arn)},
        depends_on=[bucket] if bucket else [],
    )
    wanted = arguments.get("cloudWatchLogsGroup") or {}
    group, logs = require_log_group(context, name, wanted) if wanted.get("enable") else (None, None)
    inputs = {**without(arguments, "s3Bucket", "cloudWatchLogsGroup"), "s3BucketName": bucket_name}
    if logs is not None:
        inputs["cloudWatchLogsGroupArn"] = apply(lambda location: f"{location['arn']}:*", logs)
    if group is not None and logs is not None:
        inputs["cloudWatchLogsRoleArn"] = _writer(context, name, logs)["arn"]
    trail = context.register("aws:cloudtrail/trail:Trail", name, inputs, depends_on=[policy])
    state = {"trail": trail, "bucket": bucket, "logGroup": group}
    return {key: value for key, value in state.items() if value is not None}


def bucket_policy(bucket_arn: str) -> dict[str, Any]:
    """Returns a policy that lets CloudTrail read the bucket's ACL and write objects that the owner controls."""
    controlled = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("AWSCloudTrailAclCheck", "s3:GetBucketAcl", bucket_arn),
            {**_allow("AWSCloudTrailWrite", "s3:PutObject", f"{bucket_arn}/*"), "Condition": controlled},
        ],
    }


def _writer(context: ComponentContext, name: str, logs: Output) -> Registered:
    """The role that CloudTrail assumes to write to its log streams in the log group."""
    account = field(context.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}), "accountId")
    streams = apply(lambda location, own: f"{location['arn']}:log-stream:{own}_CloudTrail_*", logs, account)
    inline = {"policy": apply(lambda arn: to_json(writing_policy(arn)), streams)}
    inputs = {"assumeRolePolicy": to_json(ASSUMED_BY_CLOUDTRAIL), "inlinePolicies": [inline]}
    return context.register("aws:iam/role:Role", name, inputs)


def writing_policy(streams: str) -> dict[str, Any]:
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    allowed = [{"Effect": "Allow", "Action": [action], "Resource": [streams]} for action in actions]
    return {"Version": "2012-10-17", "Statement": allowed}


def _allow(sid: str, action: str, resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": _SERVICE, "Action": [action], "Resource": [resource]}


def _bucket(
    context: ComponentContext, name: str, wanted: dict[str, Any] | None
) -> tuple[Registered | None, Output, Output]:
    """The created bucket, if any, and the name and ARN of the used bucket."""
    at_most_one(wanted, "existing", "args")
    existing = (wanted or {}).get("existing")
    if existing is None:
        inputs = {"forceDestroy": True, **((wanted or {}).get("args") or {})}
        bucket = context.register("aws:s3/bucket:Bucket", name, inputs)
        return bucket, bucket["bucket"], bucket["arn"]
    if existing.get("arn") is not None:
        arn = lift(existing["arn"])
        return None, apply(lambda text: text.rpartition(":")[2], arn), arn
    if existing.get("name") is None:
        raise ValueError("s3Bucket.existing: found neither name nor arn, expected one of them")
    given = lift(existing["name"])
    return None, given, apply(lambda text: f"arn:aws:::{text}", given)
