"""The stage callers reach: a snapshot of the route, with logs, traces, limits, a usage plan and a firewall."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws
from account_logging import AccountLogging
from model_function import LIVE, ModelFunction
from own_name import OwnName
from route import METHOD, PATH, QUALIFIER, Route
from settings import Api, Settings

from shared.aws.component import Component
from shared.aws.firewall import Firewall
from shared.aws.log_group import log_group
from shared.aws.site import Site
from shared.outputs import Invoke
from shared.release import Release, Strategy

STAGE = "prod"
EVERYTHING = "*/*"
LOGGED = (
    *("requestId", "requestTime", "httpMethod", "resourcePath", "status", "protocol", "responseLength"),
    *("responseLatency", "integrationLatency", "integrationStatus", "wafResponseCode"),
    *("identity.sourceIp", "identity.userArn", "identity.apiKeyId", "error.message", "error.validationErrorString"),
)


class Stage(Component):
    """`url` is where requests go, `invoke` how, `api_name` what its metrics are filed under."""

    url: pulumi.Output[str]
    invoke: Invoke
    method_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: Settings,
        route: Route,
        function: ModelFunction,
    ) -> None:
        super().__init__(name)
        self._name, self._site, self._api = name, site, route.api
        self.method_arn = pulumi.Output.concat(route.api.execution_arn, f"/{STAGE}/{METHOD}/{PATH}")
        self._permissions(function, settings.release)
        stage = self._stage(settings, route, function)
        self._limits(settings.api, stage)
        key = self._usage_plan(base_name, settings.api, stage)
        Firewall(
            f"{name}-firewall",
            site=site,
            base_name=base_name,
            settings=settings.api.firewall,
            resource_arn=stage.arn,
            opts=self.child(),
        )
        self.url = pulumi.Output.concat(self._address(settings.api, stage), "/", PATH)
        self.invoke = how_to_call(self.url, settings.api, site.region, key.id)
        self.register_outputs({"url": self.url})

    def _address(self, api: Api, stage: aws.apigateway.Stage) -> pulumi.Output[str]:
        if api.name is None:
            return stage.invoke_url
        named = OwnName(f"{self._name}-name", site=self._site, settings=api.name, stage=stage, opts=self.child())
        return pulumi.Output.concat("https://", named.host)

    def _permissions(self, function: ModelFunction, release: Release) -> None:
        """This stage's method may invoke what callers reach; no other API of the account may."""
        reached: dict[str, pulumi.Input[str]] = {LIVE: function.live.name}
        if release.strategy is Strategy.CANARY:
            reached["canary"] = function.newest
        for resource, qualifier in reached.items():
            aws.lambda_.Permission(
                f"{self._name}-may-invoke-{resource}",
                action="lambda:InvokeFunction",
                function=function.live.function_name,
                qualifier=qualifier,
                principal="apigateway.amazonaws.com",
                source_arn=self.method_arn,
                source_account=self._site.place.account,
                region=self._site.region,
                opts=self.child(),
            )

    def _stage(self, settings: Settings, route: Route, function: ModelFunction) -> aws.apigateway.Stage:
        deployment = aws.apigateway.Deployment(
            f"{self._name}-deployment",
            rest_api=self._api.id,
            description=f"Definition {route.definition[:12]}",
            triggers={"definition": route.definition},
            region=self._site.region,
            # a deployment is a snapshot: made before its method, it would be an empty API
            opts=self.child(depends_on=route.resources),
        )
        access = log_group(f"{self._name}-access-log", site=self._site, opts=self.child())
        execution = log_group(
            f"{self._name}-execution-log",
            # API Gateway makes a group of this name by itself, without retention or key
            name=pulumi.Output.concat("API-Gateway-Execution-Logs_", self._api.id, f"/{STAGE}"),
            site=self._site,
            opts=self.child(),
        )
        account = AccountLogging(f"{self._name}-account", site=self._site, settings=settings.api, opts=self.child())
        return aws.apigateway.Stage(
            f"{self._name}-stage",
            rest_api=self._api.id,
            stage_name=STAGE,
            deployment=deployment.id,
            variables={QUALIFIER: LIVE},
            canary_settings=canary(settings.release, deployment.id, function.newest),
            access_log_settings={"destination_arn": access.arn, "format": access_log_format()},
            xray_tracing_enabled=True,
            region=self._site.region,
            opts=self.child(depends_on=[execution, account]),
        )

    def _limits(self, api: Api, stage: aws.apigateway.Stage) -> None:
        aws.apigateway.MethodSettings(
            f"{self._name}-limits",
            rest_api=self._api.id,
            stage_name=stage.stage_name,
            method_path=EVERYTHING,
            settings={
                "throttling_rate_limit": api.requests_per_second,
                "throttling_burst_limit": api.burst,
                "metrics_enabled": True,
                "logging_level": "ERROR",
                # the bodies of requests may hold personal data
                "data_trace_enabled": False,
            },
            region=self._site.region,
            opts=self.child(),
        )

    def _usage_plan(self, base_name: str, api: Api, stage: aws.apigateway.Stage) -> aws.apigateway.ApiKey:
        where = {"region": self._site.region, "opts": self.child()}
        plan = aws.apigateway.UsagePlan(
            f"{self._name}-plan",
            name=base_name,
            api_stages=[{"api_id": self._api.id, "stage": stage.stage_name}],
            throttle_settings={"rate_limit": api.requests_per_second, "burst_limit": api.burst},
            quota_settings={"limit": api.requests_per_day, "period": "DAY"},
            **where,
        )
        key = aws.apigateway.ApiKey(f"{self._name}-key", name=base_name, **where)
        aws.apigateway.UsagePlanKey(
            f"{self._name}-plan-key", key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id, **where
        )
        return key


def canary(
    release: Release, deployment_id: pulumi.Input[str], version: pulumi.Input[str]
) -> aws.apigateway.StageCanarySettingsArgs | None:
    """The share of requests that the newest version answers, while the strategy is a canary."""
    if release.strategy is not Strategy.CANARY:
        return None
    return aws.apigateway.StageCanarySettingsArgs(
        deployment_id=deployment_id,
        percent_traffic=release.steps.percent,
        stage_variable_overrides={QUALIFIER: version},
    )


def access_log_format() -> str:
    """One line of JSON per request; bodies and keys are not in it."""
    return json.dumps({field: f"$context.{field}" for field in LOGGED})


def how_to_call(url: pulumi.Output[str], api: Api, region: str, key_id: pulumi.Output[str]) -> Invoke:
    if api.auth == "iam":
        return Invoke(url=url, auth="sigv4", service="execute-api", region=region)
    return Invoke(url=url, auth="api_key", region=region, key_id=key_id)
