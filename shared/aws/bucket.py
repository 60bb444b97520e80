"""A bucket that nobody outside the account can read, encrypted with the stack's key, over TLS only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import Statement, document
from shared.aws.site import Site


class PrivateBucket(Component):
    """Versioned, encrypted, closed. `bucket` is its name, `arn` its ARN.

    `expire_days` deletes objects after so many days; old versions always go after 30. `own_key=False` encrypts with
    S3's key, for services that cannot use ours. `grants` are statements for services that write to it.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        expire_days: int | None = None,
        own_key: bool = True,
        grants: Callable[[pulumi.Output[str]], Sequence[Statement]] = lambda arn: (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        bucket = aws.s3.Bucket(f"{name}-bucket", region=site.region, opts=self.child())
        self.bucket, self.arn = bucket.bucket, bucket.arn
        self._close(name, site.region, grants(bucket.arn))
        self._encrypt(name, site, own_key)
        self._tidy(name, site.region, expire_days)
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

    def _close(self, name: str, region: str, granted: Sequence[Statement]) -> None:
        block = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=region,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=region,
            opts=self.child(),
        )
        aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.bucket,
            policy=document(_deny_plain_http(self.arn), *granted),
            region=region,
            # S3 refuses two changes of a bucket's access at the same moment
            opts=self.child(depends_on=[block]),
        )

    def _encrypt(self, name: str, site: Site, own_key: bool) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms" if own_key else "AES256",
                        "kms_master_key_id": site.key_arn if own_key else None,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            region=site.region,
            opts=self.child(),
        )

    def _tidy(self, name: str, region: str, expire_days: int | None) -> None:
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket,
            versioning_configuration={"status": "Enabled"},
            region=region,
            opts=self.child(),
        )
        rule = {
            "id": "tidy",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            "noncurrent_version_expiration": {"noncurrent_days": 30},
        }
        expiry = {"expiration": {"days": expire_days}} if expire_days else {}
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.bucket,
            rules=[{**rule, **expiry}],  # type: ignore[list-item]
            region=region,
            opts=self.child(depends_on=[versioning]),
        )


def _deny_plain_http(arn: pulumi.Output[str]) -> Statement:
    return {
        "Effect": "Deny",
        "Action": ["s3:*"],
        "Resource": [arn, pulumi.Output.concat(arn, "/*")],
        "Principal": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
