"""A function behind an HTTP API (API Gateway v2), with a table and a log group of its own."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

table = aws.dynamodb.Table(
    "visits", attributes=[{"name": "id", "type": "S"}], hash_key="id", billing_mode="PAY_PER_REQUEST"
)
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
role = aws.iam.Role("handler", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
aws.iam.RolePolicy(
    "handler",
    role=role.id,
    policy=table.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": arn}],
            }
        )
    ),
)
aws.iam.RolePolicyAttachment("logs", role=role, policy_arn=aws.iam.ManagedPolicy.AWS_LAMBDA_BASIC_EXECUTION_ROLE)
handler = aws.lambda_.Function(
    "handler",
    role=role.arn,
    runtime=aws.lambda_.Runtime.PYTHON3D12,
    handler="handler.handle",
    code=pulumi.AssetArchive({".": pulumi.FileArchive("./app")}),
    environment={"variables": {"TABLE": table.name}},
    tracing_config={"mode": "Active"},
)
api = aws.apigatewayv2.Api("http", protocol_type="HTTP")
aws.lambda_.Permission(
    "http",
    action="lambda:InvokeFunction",
    function=handler.name,
    principal="apigateway.amazonaws.com",
    source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
)
integration = aws.apigatewayv2.Integration(
    "http",
    api_id=api.id,
    integration_type="AWS_PROXY",
    integration_uri=handler.arn,
    payload_format_version="2.0",
)
route = aws.apigatewayv2.Route(
    "http", api_id=api.id, route_key="$default", target=pulumi.Output.concat("integrations/", integration.id)
)
logs = aws.cloudwatch.LogGroup("http", retention_in_days=14)
stage = aws.apigatewayv2.Stage(
    "http",
    api_id=api.id,
    name="$default",
    auto_deploy=True,
    access_log_settings={"destination_arn": logs.arn, "format": json.dumps({"id": "$context.requestId"})},
    opts=pulumi.ResourceOptions(depends_on=[route]),
)
pulumi.export("url", stage.invoke_url)
