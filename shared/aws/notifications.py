"""An encrypted topic that alarms publish to, and the people subscribed to it."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow_service, document
from shared.aws.place import Place


class Notifications(Component):
    """`topic_arn` is what an alarm's actions name. Each recipient confirms the subscription by mail once."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        place: Place,
        recipients: Sequence[str],
        key_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        topic = aws.sns.Topic(f"{name}-topic", kms_master_key_id=key_arn, region=place.region, opts=self.child())
        publish = allow_service(
            "cloudwatch.amazonaws.com",
            "sns:Publish",
            on=topic.arn,
            when={"StringEquals": {"aws:SourceAccount": place.account}},
        )
        aws.sns.TopicPolicy(
            f"{name}-publishers", arn=topic.arn, policy=document(publish), region=place.region, opts=self.child()
        )
        for recipient in recipients:
            aws.sns.TopicSubscription(
                f"{name}-{recipient}",
                topic=topic.arn,
                protocol="email",
                endpoint=recipient,
                region=place.region,
                opts=self.child(),
            )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})
