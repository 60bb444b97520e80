"""What an API lets through: the limits of keys and stages, the variables it calls by, and the log of what failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, cost, observability
from ..serving import HTTP_INTEGRATION, INTEGRATION
from .api_calls import API, GUIDE, REST_API, STAGE
from .api_gateway import HUB, SETTINGS
from .api_gateway import STAGE as REST_STAGE

PLAN = "aws:apigateway/usagePlan:UsagePlan"
PLAN_KEY = "aws:apigateway/usagePlanKey:UsagePlanKey"
PERIODS = {"DAY": 86_400, "WEEK": 7 * 86_400, "MONTH": 31 * 86_400}  # seconds
VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
# of a stage: what it has its API under, its variables, and where the API's integrations name theirs
VARIABLES = {REST_STAGE: ("restApi", "variables"), STAGE: ("apiId", "stageVariables")}
CALLED = ((INTEGRATION, "restApi", ("uri", "connectionId")), (HTTP_INTEGRATION, "apiId", ("integrationUri",)))


@cost.medium(
    PLAN,
    reference=f"{GUIDE}/api-gateway-api-usage-plans.html",
    fix="Give the plan api_stages, and throttle_settings or quota_settings below what the stage lets through.",
)
def api_usage_plan_limits_its_keys(plan: Resource, stack: Stack) -> Iterator[str]:
    """A usage plan limits the callers whose keys are in it.

    It is there for that: one key must not use up what the stage has for all. Without a throttle and a quota, or with
    ones that lie above what the stage lets through anyway, it counts and limits nobody. A key whose plan names no stage
    is refused wherever a key is wanted.
    """
    rate, quota = plan.number("throttleSettings.rateLimit"), plan.number("quotaSettings.limit")
    if not plan.count("apiStages"):
        if stack.referring(plan, PLAN_KEY, "usagePlanId"):
            yield "apiStages is empty and a key is in the plan, wanted the stage that it may call"
        return
    if not rate and not quota and not _limits_methods(plan):
        yield "throttleSettings and quotaSettings are not set, wanted one of them"
    limits = [_limit_of(stage, stack) for stage in stack.follow(plan, "apiStages", REST_STAGE)]
    most = max((limit or rate or 0 for limit in limits), default=0)
    if rate and most and rate > most:
        yield f"throttleSettings.rateLimit is {rate:g} and the stage's {most:g}, wanted {most:g} or less"
    span = PERIODS.get(plan.text("quotaSettings.period") or "")
    if rate and quota and span and quota > rate * span:
        yield f"quotaSettings.limit is {quota:.10g} and the rate allows {rate * span:.10g}, wanted less"


def _limits_methods(plan: Resource) -> bool:
    return any(stage.count("throttles") for stage in plan.children("apiStages"))


def _limit_of(stage: Resource, stack: Stack) -> float | None:
    """How many requests a second a stage lets through; None where the program sets no limit for all of its methods."""
    for settings in stack.referring(stage, SETTINGS, "stageName"):
        rate = settings.number("settings.throttlingRateLimit")
        if settings.text("methodPath") == "*/*" and rate and rate > 0:
            return rate
    return None


@availability.medium(
    SETTINGS,
    STAGE,
    reference=f"{GUIDE}/api-gateway-request-throttling.html",
    fix="Set the burst limit to as many requests as may come at once.",
)
def api_stage_takes_requests_that_come_together(limited: Resource, *, least: int = 2) -> Iterator[str]:
    """A stage takes two requests that come at the same moment.

    The burst limit is the size of the token bucket: with a burst of one the second of two callers at once gets 429,
    whatever the rate is. It is advice: a route that must be called one at a time may want this.
    """
    place = "settings" if limited.type == SETTINGS else "defaultRouteSettings"
    burst = limited.number(f"{place}.throttlingBurstLimit")
    if burst is not None and 0 < burst < least:
        yield f"{place}.throttlingBurstLimit is {burst:g}, wanted {least} or more"


@availability.high(
    *VARIABLES,
    reference=f"{GUIDE}/aws-api-gateway-stage-variables-reference.html",
    fix="Set the variable in the stage's variables.",
)
def api_stage_has_the_variables_that_its_api_uses(stage: Resource, stack: Stack) -> Iterator[str]:
    """A stage sets the variables that the integrations of its API name.

    The address of what is called is put together from them. Without the variable it names no function, no alias and no
    link, and every caller of the stage gets 500. It is advice, because a pipeline may set the variables.
    """
    api_path, own = VARIABLES[stage.type]
    if own in stage.ignores:
        return
    wanted = _variables_used(stage, api_path, stack)
    given = set(stage.keys(own)) if wanted and stage.has(own) else set()
    for name in sorted(wanted - given):
        yield f"{own} has no {name!r}, which an integration of the API names, wanted it"


def _variables_used(stage: Resource, api_path: str, stack: Stack) -> set[str]:
    """The variables that the integrations of a stage's API name, or its OpenAPI document."""
    texts = []
    for api in stack.follow(stage, api_path, REST_API, API):
        texts.append(api.text_if_known("body"))
        for type_, path, named in CALLED:
            for integration in stack.referring(api, type_, path):
                texts += [integration.text_if_known(each) for each in named]
    return {name for text in texts for name in VARIABLE.findall(text or "")}


@observability.low(
    REST_STAGE,
    STAGE,
    reference=f"{HUB}#apigateway-1",
    fix="Set logging_level to ERROR in method settings for */*, or in default_route_settings of a WebSocket API.",
)
def api_stage_logs_what_failed(stage: Resource, stack: Stack) -> Iterator[str]:
    """A stage of a REST or WebSocket API has its execution log on, at least for errors.

    The access log says that a request failed. Why it did, a mapping, a permission or an integration that did not
    answer, stands in the execution log. HTTP APIs have none.
    """
    if stage.type == REST_STAGE:
        found = [settings.text("settings.loggingLevel") for settings in stack.referring(stage, SETTINGS, "stageName")]
    elif any(api.text("protocolType") == "WEBSOCKET" for api in stack.follow(stage, "apiId", API)):
        found = [stage.text("defaultRouteSettings.loggingLevel")]
    else:
        return
    if not {"ERROR", "INFO"} & set(found):
        yield 'no settings of this stage set the logging level, wanted "ERROR" or "INFO"'
