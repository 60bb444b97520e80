"""Firehose and AppSync: what a stream or a resolver reads from."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may

_FUNCTION = "aws:appsync/function:Function"
_RESOLVER = "aws:appsync/resolver:Resolver"
_SOURCE = "aws:appsync/dataSource:DataSource"
_API = "aws:appsync/graphQLApi:GraphQLApi"


@rule("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", source="https://github.com/aws/aws-cdk/issues/5221")
def role_reads_the_stream(it: Resource, program: Program) -> Found:
    path = "kinesisSourceConfiguration"
    role = program.refer(it, f"{path}.roleArn", ROLE)
    if role and may(role, "kinesis:DescribeStream", program) is False:
        message = "InvalidArgumentException: Role is not authorized to perform: kinesis:DescribeStream on resource"
        yield path, f"{message} (the role is {role.name!r})"


@rule(_FUNCTION, _RESOLVER, source="https://github.com/terraform-aws-modules/terraform-aws-appsync/issues/30")
def data_source_comes_first(it: Resource, program: Program) -> Found:
    api, name = program.refer(it, "apiId", _API), it.text("dataSource")
    sources = list(program.referring(api, "apiId", _SOURCE)) if api and api.new and name else []
    for source in sources:
        if source.text("name") == name and source.new and not program.waits_for(it, source):
            message = f"NotFoundException: No data source found named {name}"
            yield "dataSource", f"{message} yet: take the name from {source.name!r}, or depend on it"
