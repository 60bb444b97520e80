"""Firehose: the stream that it reads from."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may


@rule("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", source="https://github.com/aws/aws-cdk/issues/5221")
def role_reads_the_stream(it: Resource, program: Program) -> Found:
    path = "kinesisSourceConfiguration"
    role = program.refer(it, f"{path}.roleArn", ROLE)
    if role and may(role, "kinesis:DescribeStream", program) is False:
        message = "InvalidArgumentException: Role is not authorized to perform: kinesis:DescribeStream on resource"
        yield path, f"{message} (the role is {role.name!r})"
