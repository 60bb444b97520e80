"""The key that encrypts what a stack keeps in one region: objects, logs, volumes and messages."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow_service, document
from shared.aws.place import Place


class Encryption(Component):
    """A rotated KMS key that CloudWatch may use as well; `arn` is its ARN."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, *, place: Place, alias: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Encrypts what {alias} keeps in {place.region}",
            enable_key_rotation=True,
            # the longest wait there is: a key deleted by mistake takes every object with it
            deletion_window_in_days=30,
            policy=_policy(place),
            region=place.region,
            opts=self.child(),
        )
        aws.kms.Alias(
            f"{name}-alias", name=f"alias/{alias}", target_key_id=key.key_id, region=place.region, opts=self.child()
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def _policy(place: Place) -> pulumi.Output[str]:
    owner = {
        "Effect": "Allow",
        # without it nobody can administer the key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        "Action": ["kms:*"],
        "Resource": ["*"],
        "Principal": {"AWS": f"arn:aws:iam::{place.account}:root"},
    }
    logs = allow_service(
        f"logs.{place.region}.amazonaws.com",
        *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
        *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"),
        when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": place.arn("logs", "*")}},
    )
    alarms = allow_service(
        "cloudwatch.amazonaws.com",
        *("kms:Decrypt", "kms:GenerateDataKey"),
        when={"StringEquals": {"aws:SourceAccount": place.account}},
    )
    return document(owner, logs, alarms)
