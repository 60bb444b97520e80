"""Lambda functions behind an inference route: concurrency, limits, tracing and who may call them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule
from .application_autoscaling import TARGET
from .logs import metrics_with_alarms

FUNCTION = "aws:lambda/function:Function"
ALIAS = "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
PROVISIONED = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html"
GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
# First version of each family that still gets updates; newer ones than are known here are not refused.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIMES = {"python3": 10, "nodejs": 20, "java": 11, "dotnet": 8, "ruby3": 3, "provided": 2}
RUNTIME = re.compile(r"(?P<family>python3|ruby3|nodejs|java|dotnet|provided)\.?(al)?(?P<version>\d+)(\.x)?")


@rule(
    ALIAS,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/provisioned-concurrency.html#managing-provisioned-concurency",
    fix="Register a scalable target for the alias (dimension lambda:function:ProvisionedConcurrency).",
    config_key="scaling",
)
def lambda_alias_scales(alias: Resource, stack: Stack) -> Iterator[str]:
    """The alias that serves has provisioned concurrency that scales.

    A cold start of a model takes seconds. On-demand concurrency meets every burst with them; a fixed number is too
    small at noon and paid for at night.
    """
    if not stack.referring(alias, TARGET, "resourceId"):
        yield "no scalable target's resourceId is this alias, wanted one"


@rule(
    TARGET,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Give the target function:<name>:<alias> as resource id.",
)
def lambda_scaling_names_an_alias(target: Resource) -> Iterator[str]:
    """Provisioned concurrency belongs to an alias.

    $LATEST cannot have it, and a target without a qualifier is refused when it is registered.
    """
    if target.text("serviceNamespace") != "lambda":
        return
    qualifier = [*(target.text("resourceId") or "").split(":"), "", ""][2]
    if qualifier in ("", "$LATEST"):
        yield f"resourceId is {target.show('resourceId')}, wanted function:<name>:<alias>"


@rule(
    PROVISIONED,
    category="autoscaling",
    severity="high",
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Remove the fixed configuration, or ignore its changes, where a scalable target owns the number.",
)
def lambda_concurrency_has_one_owner(fixed: Resource, stack: Stack) -> Iterator[str]:
    """Nothing resets the concurrency that autoscaling owns.

    A fixed configuration of the same alias is applied on every deployment and takes away what the autoscaler added.
    """
    same = stack.referred(fixed, "qualifier", ALIAS) or stack.referred(fixed, "functionName", FUNCTION)
    scaled = any(stack.referring(each, TARGET, "resourceId") for each in same)
    if scaled and "provisionedConcurrentExecutions" not in fixed.ignores:
        yield "ignoreChanges does not name provisionedConcurrentExecutions, wanted it beside a scalable target"


@rule(
    FUNCTION,
    category="security",
    severity="medium",
    reference=f"{HUB}#lambda-2",
    fix="Choose a supported runtime.",
)
def lambda_runtime_is_supported(function: Resource) -> Iterator[str]:
    """A function's runtime still gets security updates.

    After its end of support a runtime is no longer patched, and soon neither created nor updated.
    """
    if function.text("packageType") == "Image":
        return
    named = RUNTIME.fullmatch(function.text("runtime") or "")
    if not named or int(named["version"]) < RUNTIMES[named["family"]]:
        yield f'runtime is {function.show("runtime")}, wanted a supported one such as "python3.13"'


@rule(
    FUNCTION,
    category="availability",
    severity="medium",
    reference=f"{HUB}#lambda-5",
    fix="Set availability.zones to 2 or more.",
    config_key="availability.zones",
)
def lambda_network_spans_zones(function: Resource, stack: Stack) -> Iterator[str]:
    """A function in a VPC has subnets in at least two zones.

    Lambda runs in every zone by itself; the one subnet a function is tied to does not.
    """
    if function.has("vpcConfig") and (count := stack.zones(function, "vpcConfig.subnetIds")) < 2:
        yield f"vpcConfig.subnetIds reaches {count} zones, wanted 2 or more"


@rule(
    FUNCTION,
    category="cost",
    severity="medium",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/lambda-concurrency-check.html",
    fix="Reserve scaling.max or more, with room for bursts beyond it.",
    config_key="function.reserved_concurrency",
)
def lambda_concurrency_is_reserved(function: Resource) -> Iterator[str]:
    """A function has concurrency of its own, with an end.

    Without a reservation a burst takes the whole account's concurrency, and another team's burst takes this
    function's.
    """
    reserved = function.number("reservedConcurrentExecutions")
    if reserved is None or reserved < 1:
        yield f"reservedConcurrentExecutions is {function.show('reservedConcurrentExecutions')}, wanted 1 or more"


@rule(
    FUNCTION,
    category="observability",
    severity="low",
    reference=f"{HUB}#lambda-7",
    fix='Set tracing_config mode to "Active".',
)
def lambda_is_traced(function: Resource) -> Iterator[str]:
    """A function's calls are traced.

    A trace tells loading the model from running it, and the function from the endpoint behind it.
    """
    if function.text("tracingConfig.mode") != "Active":
        yield f'tracingConfig.mode is {function.show("tracingConfig.mode")}, wanted "Active"'


@rule(
    FUNCTION,
    category="observability",
    severity="low",
    reference=f"{GUIDE}/monitoring-cloudwatchlogs-logformat.html",
    fix='Set logging_config log_format to "JSON".',
)
def lambda_logs_are_structured(function: Resource) -> Iterator[str]:
    """A function logs JSON.

    Fields can be searched and counted: which model version, which caller, how long. Lines of text must be guessed at.
    """
    if function.text("loggingConfig.logFormat") != "JSON":
        yield f'loggingConfig.logFormat is {function.show("loggingConfig.logFormat")}, wanted "JSON"'


@rule(
    FUNCTION,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/configuration-timeout.html",
    fix="Set the function's timeout above the slowest inference, and memory to what the model needs.",
    config_key="function.timeout_seconds",
)
def lambda_has_time_for_an_inference(function: Resource) -> Iterator[str]:
    """A function has a timeout somebody chose.

    The default is three seconds: enough for every test with a warm model, too short for the first real request.
    """
    timeout = function.number("timeout")
    if timeout is None or timeout <= 3:
        yield f"timeout is {function.show('timeout')}, wanted more than 3 seconds"


@rule(
    FUNCTION,
    category="lifecycle",
    severity="high",
    reference=f"{GUIDE}/configuration-versions.html",
    fix="Set publish on the function and let callers use an alias.",
)
def lambda_publishes_versions(function: Resource) -> Iterator[str]:
    """Every change of a function is a version.

    An alias can go back to a version; $LATEST has no yesterday.
    """
    if not function.flag("publish"):
        yield f"publish is {function.show('publish')}, wanted true"


@rule(
    PERMISSION,
    category="security",
    severity="critical",
    reference=f"{HUB}#lambda-1",
    fix="Name the calling service as principal and the caller as source_arn.",
)
def lambda_permission_names_its_caller(permission: Resource) -> Iterator[str]:
    """A permission names who may call.

    A star as principal is everybody; a service without a source is that service on behalf of anybody's account.
    """
    principal = permission.text("principal") or ""
    signed = permission.text("functionUrlAuthType") == "AWS_IAM" or permission.has("principalOrgId")
    if principal == "*" and not signed:
        yield 'principal is "*", wanted the calling service'
    if not principal.endswith(".amazonaws.com"):
        return
    if not permission.has("sourceArn") and not permission.has("sourceAccount"):
        yield "sourceArn is not set, wanted the caller's ARN"
    elif permission.known("sourceArn") and (permission.text("sourceArn") or "").endswith("/*/*/*"):
        yield "sourceArn ends in /*/*/*, wanted stage, method and path"


@rule(
    ALIAS,
    category="observability",
    severity="high",
    reference=f"{GUIDE}/monitoring-metrics-types.html",
    fix="Add the alarm for the function.",
    config_key="alarms",
)
def lambda_has_alarms(alias: Resource, stack: Stack) -> Iterator[str]:
    """Errors and throttles of a serving function raise alarms.

    A throttled request never reaches the code: it is in no log of the function.
    """
    names = metrics_with_alarms(stack, alias, "AWS/Lambda")
    for name in ("Errors", "Throttles"):
        if name not in names:
            yield f"no alarm on {name} in AWS/Lambda, wanted one"
