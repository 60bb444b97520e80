"""A function behind a REST API (API Gateway v1): resource, method, integration, deployment, stage."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

region, account = aws.get_region().region, aws.get_caller_identity().account_id
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
role = aws.iam.Role("handler", assume_role_policy={"Version": "2012-10-17", "Statement": [trust]})
code = pulumi.AssetArchive({"index.js": pulumi.StringAsset("exports.handler = async () => ({statusCode: 200});")})
handler = aws.lambda_.Function("handler", role=role.arn, runtime="nodejs22.x", handler="index.handler", code=code)
api = aws.apigateway.RestApi("api", description="REST")
things = aws.apigateway.Resource("things", rest_api=api.id, parent_id=api.root_resource_id, path_part="things")
method = aws.apigateway.Method("get", rest_api=api.id, resource_id=things.id, http_method="GET", authorization="NONE")
integration = aws.apigateway.Integration(
    "get",
    rest_api=api.id,
    resource_id=things.id,
    http_method=method.http_method,
    integration_http_method="POST",
    type="AWS_PROXY",
    uri=handler.invoke_arn,
)
deployment = aws.apigateway.Deployment(
    "live",
    rest_api=api.id,
    triggers={"redeployment": json.dumps(["things", "get"])},
    opts=pulumi.ResourceOptions(depends_on=[integration]),
)
stage = aws.apigateway.Stage("live", rest_api=api.id, deployment=deployment.id, stage_name="live")
aws.lambda_.Permission(
    "api",
    action="lambda:InvokeFunction",
    function=handler.name,
    principal="apigateway.amazonaws.com",
    source_arn=api.id.apply(lambda identity: f"arn:aws:execute-api:{region}:{account}:{identity}/*/*/*"),
)
plan = aws.apigateway.UsagePlan("plan", api_stages=[{"api_id": api.id, "stage": stage.stage_name}])
key = aws.apigateway.ApiKey("key")
aws.apigateway.UsagePlanKey("key", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id)
pulumi.export("url", pulumi.Output.concat(stage.invoke_url, "/things"))
