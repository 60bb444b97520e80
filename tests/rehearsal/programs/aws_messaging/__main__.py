"""Events: a topic to a queue with a dead-letter queue, a stream, a schedule, a state machine, an alarm."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

dead = aws.sqs.Queue("dead", fifo_queue=True)
jobs = aws.sqs.Queue(
    "jobs",
    fifo_queue=True,
    content_based_deduplication=True,
    redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})),
)
topic = aws.sns.Topic("events", fifo_topic=True)
aws.sns.TopicSubscription("jobs", topic=topic.arn, protocol="sqs", endpoint=jobs.arn, raw_message_delivery=True)
allow = aws.iam.get_policy_document_output(
    statements=[
        {  # pyright: ignore[reportArgumentType] (written as most programs are)
            "actions": ["sqs:SendMessage"],
            "resources": [jobs.arn],
            "principals": [{"type": "Service", "identifiers": ["sns.amazonaws.com"]}],
            "conditions": [{"test": "ArnEquals", "variable": "aws:SourceArn", "values": [topic.arn]}],
        }
    ]
)
aws.sqs.QueuePolicy("jobs", queue_url=jobs.id, policy=allow.json)
stream = aws.kinesis.Stream("clicks", shard_count=1)
trust = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": ["states.amazonaws.com", "events.amazonaws.com"]},
}
role = aws.iam.Role("flow", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
flow = aws.sfn.StateMachine(
    "flow",
    role_arn=role.arn,
    definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
)
rule = aws.cloudwatch.EventRule("hourly", schedule_expression="rate(1 hour)")
aws.cloudwatch.EventTarget("flow", rule=rule.name, arn=flow.arn, role_arn=role.arn)
aws.cloudwatch.MetricAlarm(
    "backlog",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    metric_name="ApproximateNumberOfMessagesVisible",
    namespace="AWS/SQS",
    period=60,
    statistic="Average",
    threshold=100,
    dimensions={"QueueName": jobs.name},
    alarm_actions=[topic.arn],
)
key = aws.kms.Key("events", deletion_window_in_days=7)
aws.kms.Alias("events", target_key_id=key.key_id)
pulumi.export("queue", jobs.url)
pulumi.export("stream", stream.arn)
pulumi.export("flow", flow.arn)
