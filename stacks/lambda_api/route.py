"""`POST /inference`: what the gateway accepts, who may send it, and that it is passed to the function as it came."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pulumi
import pulumi_aws as aws
from model_function import ModelFunction
from settings import Api

from shared.aws.component import Component
from shared.aws.site import Site
from shared.request_schema import read_description, request_schema

PATH = "inference"
METHOD = "POST"
QUALIFIER = "qualifier"
CONTENT_TYPE = "application/json"
AUTHORIZATION = {"iam": {"authorization": "AWS_IAM"}, "key": {"authorization": "NONE", "api_key_required": True}}
# TLS 1.2 or 1.3 with forward secrecy: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
TLS = {"security_policy": "SecurityPolicy_TLS13_1_2_2021_06", "endpoint_access_mode": "STRICT"}
# in the shape of the function's own errors; `messageString` is quoted and escaped by the gateway, `message` is not
REFUSAL = '{"error": {"field": "body", "message": $context.error.messageString}, "request_id": "$context.requestId"}'


class Route(Component):
    """`api` is the REST API, `definition` a digest of what it is made of, `resources` what a deployment waits for."""

    api: aws.apigateway.RestApi
    definition: str
    resources: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: Api,
        function: ModelFunction,
    ) -> None:
        super().__init__(name)
        self._name, self._region = name, site.region
        parts = definition(settings, function.name)
        self.definition = digest(parts)
        self.api = aws.apigateway.RestApi(
            f"{name}-api",
            name=base_name,
            description="Inference",
            endpoint_configuration={"types": "REGIONAL"},
            security_policy=TLS["security_policy"],
            endpoint_access_mode=TLS["endpoint_access_mode"],
            disable_execute_api_endpoint=settings.only_by_name or None,
            region=site.region,
            opts=self.child(),
        )
        method = self._method(parts)
        integration = aws.apigateway.Integration(
            f"{name}-integration",
            rest_api=self.api.id,
            resource_id=method.resource_id,
            http_method=method.http_method,
            uri=invoke_uri(site.region, function.arn),
            region=site.region,
            opts=self.child(),
            **parts["integration"],
        )
        self.resources = [method, integration, self._refusal(parts)]
        self.register_outputs({"id": self.api.id})

    def _method(self, parts: dict[str, Any]) -> aws.apigateway.Method:
        common = {"rest_api": self.api.id, "region": self._region, "opts": self.child()}
        resource = aws.apigateway.Resource(
            f"{self._name}-path", parent_id=self.api.root_resource_id, path_part=PATH, **common
        )
        model = aws.apigateway.Model(f"{self._name}-request", **parts["model"], **common)
        validator = aws.apigateway.RequestValidator(f"{self._name}-validator", **parts["validator"], **common)
        return aws.apigateway.Method(
            f"{self._name}-method",
            resource_id=resource.id,
            http_method=METHOD,
            request_models={CONTENT_TYPE: model.name},
            request_validator_id=validator.id,
            **parts["method"],
            **common,
        )

    def _refusal(self, parts: dict[str, Any]) -> aws.apigateway.Response:
        """A body that does not fit the model never reaches the function, nor its bill."""
        return aws.apigateway.Response(
            f"{self._name}-refusal",
            rest_api_id=self.api.id,
            region=self._region,
            opts=self.child(),
            **parts["refusal"],
        )


def definition(settings: Api, function_name: str) -> dict[str, Any]:
    """Everything a deployment is a snapshot of, as plain values: a new digest of it means a new deployment."""
    return {
        "path": [METHOD, PATH, function_name],
        "method": AUTHORIZATION[settings.auth],
        "model": {
            "name": "InferenceRequest",
            "content_type": CONTENT_TYPE,
            "schema": request_schema(read_description()),
        },
        "validator": {"name": "body", "validate_request_body": True, "validate_request_parameters": True},
        "integration": {
            "type": "AWS_PROXY",
            "integration_http_method": "POST",
            "timeout_milliseconds": settings.timeout_ms,
        },
        "refusal": {
            "response_type": "BAD_REQUEST_BODY",
            "status_code": "400",
            "response_templates": {CONTENT_TYPE: REFUSAL},
        },
        "tls": TLS,
        # the gateway's own address answers until the next deployment:
        # https://dev.classmethod.jp/articles/tsnote-api-gateway-diable-default-endpoint-how-to-take-effect/
        **({"address": "name"} if settings.only_by_name else {}),
    }


def digest(parts: dict[str, Any]) -> str:
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def invoke_uri(region: str, function_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """The alias or version that the stage's variable names; a canary overrides it for its share of the requests."""
    prefix = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
    return pulumi.Output.concat(prefix, function_arn, ":${stageVariables.", QUALIFIER, "}/invocations")
