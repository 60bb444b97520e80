"""Lambda functions behind an inference route: runtime, timeout, traces, versions and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from ..resources import Resource, Stack
from ..rule import availability, lifecycle, observability, security
from ..serving import ALIAS, FUNCTION, GROUP, HTTP_INTEGRATION, INTEGRATION
from ..tables import read_runtimes
from .alarms import is_watched_elsewhere, metrics_with_alarms
from .load_balancer import BALANCER, LISTENER

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html"
GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
# seconds that API Gateway waits where an integration says nothing: REST and HTTP APIs
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
WAITS = {INTEGRATION: 29, HTTP_INTEGRATION: 30}
A_SECOND = 1  # 30 s behind 29: both are what people write who mean the limit
ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
HTTP_API = "aws:apigatewayv2/api:Api"
ASYNCHRONOUS = "integration.request.header.X-Amz-Invocation-Type"


@security.medium(
    FUNCTION,
    reference=f"{GUIDE}/lambda-runtimes.html",
    fix="Choose a supported runtime.",
)
def lambda_runtime_is_supported(function: Resource) -> Iterator[str]:
    """A function's runtime still gets security updates.

    After its end of support, a runtime is no longer patched. Some months later, functions with it can be neither
    created nor updated. The dates are in policies/runtimes.yaml; a runtime that is not listed there is newer.
    """
    runtime = function.text("runtime") or ""
    ended = read_runtimes().get(runtime)
    if ended and ended <= _today():
        yield f'runtime is "{runtime}", without updates since {ended}, wanted a supported one such as "python3.13"'


def _today() -> date:
    return datetime.now(UTC).date()


@availability.medium(
    FUNCTION,
    reference=f"{HUB}#lambda-5",
    fix="Give vpc_config subnets in 2 zones or more.",
    config_key="availability.zones",
    serving=True,
)
def lambda_network_spans_zones(function: Resource, stack: Stack, *, zones: int = 2) -> Iterator[str]:
    """A function in a VPC has subnets in at least two zones.

    Lambda runs in every zone by itself, but a function with a single subnet is tied to that subnet's zone.
    """
    if function.has("vpcConfig") and (count := stack.zones(function, "vpcConfig.subnetIds")) < zones:
        yield f"vpcConfig.subnetIds reaches {count} zones, wanted {zones} or more"


@observability.low(
    FUNCTION,
    reference=f"{HUB}#lambda-7",
    fix='Set tracing_config mode to "Active".',
    serving=True,
    remedy={"tracingConfig.mode": "Active"},
)
def lambda_is_traced(function: Resource) -> Iterator[str]:
    """A function's calls are traced.

    A trace separates loading the model from running it, and the function from the endpoint behind it.
    """
    if function.text("tracingConfig.mode") != "Active":
        yield f'tracingConfig.mode is {function.show("tracingConfig.mode")}, wanted "Active"'


@observability.low(
    FUNCTION,
    reference=f"{GUIDE}/monitoring-cloudwatchlogs-logformat.html",
    fix='Set logging_config log_format to "JSON".',
    serving=True,
    remedy={"loggingConfig.logFormat": "JSON"},
)
def lambda_logs_are_structured(function: Resource) -> Iterator[str]:
    """A function logs JSON.

    The fields of JSON can be searched and counted: which model version, which caller, how long. Plain text has to
    be parsed first.
    """
    if function.text("loggingConfig.logFormat") != "JSON":
        yield f'loggingConfig.logFormat is {function.show("loggingConfig.logFormat")}, wanted "JSON"'


@availability.medium(
    FUNCTION,
    reference=f"{GUIDE}/configuration-timeout.html",
    fix="Set the function's timeout above the slowest inference, and memory to what the model needs.",
    config_key="function.timeout_seconds",
    serving=True,
)
def lambda_sets_its_timeout(function: Resource, *, seconds: int = 3) -> Iterator[str]:
    """A function sets its timeout.

    The default is three seconds: enough for tests with a warm model, too short for the first real request.
    """
    timeout = function.number("timeout")
    if timeout is None or timeout <= seconds:
        yield f"timeout is {function.show('timeout')}, wanted more than {seconds} seconds"


@lifecycle.high(
    FUNCTION,
    reference=f"{GUIDE}/configuration-versions.html",
    fix="Set publish on the function and let callers use an alias.",
    serving=True,
    remedy={"publish": True},
)
def lambda_publishes_versions(function: Resource) -> Iterator[str]:
    """A function publishes a version with every change.

    An alias can go back to a version; $LATEST has no earlier state.
    """
    if not function.flag("publish"):
        yield f"publish is {function.show('publish')}, wanted true"


@observability.high(
    ALIAS,
    reference=f"{GUIDE}/monitoring-metrics-types.html",
    fix="Add the alarm for the function.",
    config_key="alarms",
    serving=True,
)
def lambda_has_alarms(alias: Resource, stack: Stack) -> Iterator[str]:
    """A serving function has alarms on its errors and its throttles.

    A throttled request never reaches the code, so it is in no log of the function.
    """
    if is_watched_elsewhere(stack):
        return
    names = metrics_with_alarms(stack, alias, "AWS/Lambda")
    for name in ("Errors", "Throttles"):
        if name not in names:
            yield f"no alarm on {name} in AWS/Lambda, wanted one"


@availability.high(
    FUNCTION,
    reference="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    fix="Set the function's timeout to the integration's timeout or less, or raise timeout_milliseconds.",
    config_key="function.timeout_seconds",
    serving=True,
)
def lambda_timeout_is_shorter_than_its_callers(function: Resource, stack: Stack) -> Iterator[str]:
    """A function ends before the API or load balancer in front of it gives up.

    The caller gets 504 after the limit of what is in front: by default 29 seconds for REST APIs, 30 for HTTP APIs
    and 60 of idle time for load balancers. A function that still runs computes for nobody, uses its concurrency,
    and is called again by the client's retry. (Left out are integrations that only start the function, and
    WebSocket APIs, which get the answer when there is one.)
    """
    named = [function, *stack.referring(function, ALIAS, "functionName")]
    limit = function.number("timeout") or 3
    for kind, path in ((INTEGRATION, "uri"), (HTTP_INTEGRATION, "integrationUri")):
        calling = {resource.urn: resource for target in named for resource in stack.referring(target, kind, path)}
        for integration in calling.values():
            waits = integration.number("timeoutMilliseconds")
            seconds = waits / 1000 if waits else WAITS[kind]
            if limit > seconds + A_SECOND and not _starts_only(integration) and not _answers_later(integration, stack):
                yield f"timeout is {limit:g} s and the integration waits {seconds:g} s, wanted {seconds:g} s or less"
    for balancer in (balancer for target in named for balancer in _balancers(target, stack)):
        idle = balancer.number("idleTimeout") or 60
        if limit > idle + A_SECOND:
            yield f"timeout is {limit:g} s and the load balancer waits {idle:g} s, wanted {idle:g} s or less"


def _balancers(target: Resource, stack: Stack) -> Iterator[Resource]:
    """The load balancers that send requests to a function or alias, through a listener's default action or a rule."""
    for attachment in stack.referring(target, ATTACHMENT, "targetId"):
        for group in stack.follow(attachment, "targetGroupArn", GROUP):
            listeners = stack.referring(group, LISTENER, "defaultActions")
            for rule in stack.referring(group, LISTENER_RULE, "actions"):
                listeners += stack.follow(rule, "listenerArn", LISTENER)
            for listener in listeners:
                yield from stack.follow(listener, "loadBalancerArn", BALANCER)


def _answers_later(integration: Resource, stack: Stack) -> bool:
    return any(api.text("protocolType") == "WEBSOCKET" for api in stack.follow(integration, "apiId", HTTP_API))


def _starts_only(integration: Resource) -> bool:
    parameters = integration.child("requestParameters").raw if integration.known("requestParameters") else {}
    return "Event" in str(parameters.get(ASYNCHRONOUS, "")) or integration.has("integrationSubtype")


@availability.low(
    FUNCTION,
    reference=f"{GUIDE}/configuration-memory.html",
    fix="Set memory_size to what the model needs; CPU grows with it.",
    config_key="function.memory_mb",
    serving=True,
)
def lambda_sets_its_memory(function: Resource, *, least: int = 129) -> Iterator[str]:
    """A function that answers callers sets its memory.

    The default of 128 MB is the minimum and comes with a fourteenth of a CPU: a runtime and a numeric library
    hardly fit, and are slow.
    """
    size = function.number("memorySize")
    if size is None or size < least:
        yield f"memorySize is {function.show('memorySize')}, wanted what the model needs, {least} or more"
