"""Provisioned and reserved concurrency of Lambda functions: how many requests get a warm environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability, cost
from ..serving import ALIAS, FUNCTION
from ..serving import SCALABLE as TARGET
from .application_autoscaling import POLICY, SCHEDULED
from .lambda_permission import CALLERS

PROVISIONED = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
# a function's ARN, also as an API calls it, that names neither version nor alias (a stage's variable may)
UNQUALIFIED = re.compile(r":function:[^:/]+(/invocations)?$")


@autoscaling.high(
    ALIAS,
    reference=f"{GUIDE}/provisioned-concurrency.html#managing-provisioned-concurency",
    fix="Register a scalable target for the alias (dimension lambda:function:ProvisionedConcurrency).",
    config_key="scaling",
    serving=True,
)
def lambda_alias_scales(alias: Resource, stack: Stack) -> Iterator[str]:
    """An alias with provisioned concurrency has a scalable target.

    A fixed number is too small at noon and paid for at night, and scaling policies or schedules that name the alias
    do nothing without a target. (Functions with SnapStart are left out: it excludes provisioned concurrency.)
    """
    if _wants_warmth(alias, stack):
        yield from _not_scaled(alias, stack)


@autoscaling.medium(
    ALIAS,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Register a scalable target for the alias, or turn SnapStart on, where callers notice a cold start.",
    config_key="scaling",
    serving=True,
)
def lambda_alias_is_warm(alias: Resource, stack: Stack) -> Iterator[str]:
    """An alias that serves a model has provisioned concurrency or SnapStart.

    Lambda scales a function by itself, but a new environment starts cold: a small archive in less than a second, a
    model in an image or on a file system in several. It is advice, because only a load test shows whether callers
    notice.
    """
    if not _wants_warmth(alias, stack):
        yield from _not_scaled(alias, stack)


def _find_warmth(alias: Resource, stack: Stack) -> list[Resource]:
    """The resources that keep environments of an alias ready: a fixed number, or a scalable target."""
    return stack.referring(alias, PROVISIONED, "qualifier") + stack.referring(alias, TARGET, "resourceId")


def _wants_warmth(alias: Resource, stack: Stack) -> bool:
    """Whether the program gives the alias provisioned concurrency, or something that scales it."""
    given = ((PROVISIONED, "qualifier"), (POLICY, "resourceId"), (SCHEDULED, "resourceId"))
    return any(stack.referring(alias, type_, path) for type_, path in given)


def _not_scaled(alias: Resource, stack: Stack) -> Iterator[str]:
    functions = stack.follow(alias, "functionName", FUNCTION)
    if any(function.text("snapStart.applyOn") == "PublishedVersions" for function in functions):
        return
    if not stack.referring(alias, TARGET, "resourceId"):
        yield "no scalable target's resourceId is this alias, wanted one"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Give the target function:<name>:<alias> as resource id.",
)
def lambda_scaling_names_an_alias(target: Resource, stack: Stack) -> Iterator[str]:
    """Provisioned concurrency is set on an alias of a published version.

    Neither $LATEST nor an alias of $LATEST can have it, and AWS refuses to register a target without a qualifier.
    """
    if target.text("serviceNamespace") != "lambda":
        return
    for alias in stack.follow(target, "resourceId", ALIAS):
        if alias.text_if_known("functionVersion") == "$LATEST":
            yield f'functionVersion of {alias} is "$LATEST", wanted a published version'
    qualifier = [*(target.text("resourceId") or "").split(":"), "", ""][2]
    if qualifier in ("", "$LATEST"):
        yield f"resourceId is {target.show('resourceId')}, wanted function:<name>:<alias>"


@autoscaling.high(
    TARGET,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Make resource_id from the alias that callers use.",
)
def lambda_scaling_names_an_existing_alias(target: Resource, stack: Stack) -> Iterator[str]:
    """Provisioned concurrency is scaled on an alias that the program gives the function.

    With an alias that was renamed or removed, the target is refused, or keeps copies warm that nobody calls, and every
    caller of the new alias waits for a cold start. It is advice, because a release tool may make the alias.
    """
    qualifier = [*(target.text("resourceId") or "").split(":"), "", ""][2]
    names = _list_aliases(target, stack)
    if target.text("serviceNamespace") == "lambda" and names and qualifier not in (*names, "", "$LATEST"):
        yield f'resourceId names the alias "{qualifier}", wanted one of {", ".join(sorted(names))}'


def _list_aliases(target: Resource, stack: Stack) -> set[str]:
    """The names of the aliases that the program gives the function of a target; none where one is not known."""
    functions = stack.follow(target, "resourceId", FUNCTION)
    aliases = [alias for function in functions for alias in stack.referring(function, ALIAS, "functionName")]
    return {alias.text("name") or "" for alias in aliases} if all(alias.known("name") for alias in aliases) else set()


@autoscaling.high(
    PROVISIONED,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Remove the fixed configuration, or ignore its changes, where a scalable target owns the number.",
)
def lambda_concurrency_has_one_owner(fixed: Resource, stack: Stack) -> Iterator[str]:
    """A fixed provisioned concurrency does not override autoscaling.

    The provider sends the fixed number if it has changed, or differs after a refresh, and so removes what the
    autoscaler added.
    """
    same = stack.follow(fixed, "qualifier", ALIAS) or stack.follow(fixed, "functionName", FUNCTION)
    scaled = any(stack.referring(target, TARGET, "resourceId") for target in same)
    if scaled and "provisionedConcurrentExecutions" not in fixed.ignores:
        yield "ignoreChanges does not name provisionedConcurrentExecutions, wanted it beside a scalable target"


@cost.medium(
    FUNCTION,
    reference="https://docs.aws.amazon.com/config/latest/developerguide/lambda-concurrency-check.html",
    fix="Set reserved_concurrent_executions, no lower than max_capacity of the function's scalable targets.",
    config_key="function.reserved_concurrency",
    serving=True,
)
def lambda_concurrency_is_reserved(function: Resource) -> Iterator[str]:
    """A function reserves concurrency of its own.

    Without a reservation, a burst takes the whole account's concurrency, and another team's burst takes this
    function's.
    """
    reserved = function.declared.number("reservedConcurrentExecutions")
    if reserved is None or reserved < 1:
        yield f"reservedConcurrentExecutions is {function.show('reservedConcurrentExecutions')}, wanted 1 or more"


@autoscaling.medium(
    TARGET,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Set min_capacity to the requests that come at once in quiet hours, 2 or more.",
    config_key="scaling.min",
)
def lambda_scaling_keeps_some_warm(target: Resource, *, least: int = 2) -> Iterator[str]:
    """Provisioned concurrency keeps at least two environments warm.

    Lambda runs in several zones by itself, so one environment is no outage. But the second simultaneous request of
    a quiet hour starts cold; with a minimum of 0, every one does.
    """
    provisioned = target.text("scalableDimension") == "lambda:function:ProvisionedConcurrency"
    if provisioned and (target.number("minCapacity") or 0) < least:
        yield f"minCapacity is {target.show('minCapacity')}, wanted {least} or more"


@autoscaling.high(
    FUNCTION,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Reserve at least max_capacity of the function's scalable targets.",
    config_key="function.reserved_concurrency",
)
def lambda_reserves_what_it_provisions(function: Resource, stack: Stack) -> Iterator[str]:
    """A function reserves as much concurrency as its aliases may provision.

    Provisioned concurrency is part of the reserved. AWS refuses the autoscaler's request for more, and the peak
    that the maximum was set for is throttled.
    """
    reserved = (
        function.number("reservedConcurrentExecutions") if function.known("reservedConcurrentExecutions") else None
    )
    if reserved is None or reserved < 0:
        return
    named = [function, *stack.referring(function, ALIAS, "functionName")]
    targets = {target.urn: target for name in named for target in stack.referring(name, TARGET, "resourceId")}
    wanted = sum(target.number("maxCapacity") or 0 for target in targets.values())
    if reserved < wanted:
        yield f"reservedConcurrentExecutions is {reserved:g} and maxCapacity {wanted:g}, wanted as many reserved"


@autoscaling.high(
    ALIAS,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Remove routing_config once the shift is over, and leave shifting to a deployment tool.",
)
def lambda_weighted_alias_is_not_provisioned(alias: Resource, stack: Stack) -> Iterator[str]:
    """An alias that splits its requests has no provisioned concurrency.

    Weights may be added to an alias with provisioned concurrency, but while they are set the concurrency cannot be
    changed: the autoscaler's requests are refused, and so is a deployment's
    (github.com/hashicorp/terraform/issues/24957). It is advice, because this may be intended for the hours of a
    shift, with more environments than usual.
    """
    weights = alias.count("routingConfig.additionalVersionWeights")
    if weights and _find_warmth(alias, stack):
        yield f"routingConfig.additionalVersionWeights has {weights} beside provisioned concurrency, wanted none"


@autoscaling.high(
    ALIAS,
    reference=f"{GUIDE}/provisioned-concurrency.html",
    fix="Make the integration's uri, or the attachment's target, from the alias instead of the function.",
)
def lambda_callers_use_the_provisioned_alias(alias: Resource, stack: Stack) -> Iterator[str]:
    """Callers use the alias that has provisioned concurrency.

    Provisioned concurrency belongs to an alias or a version. A call that names neither goes to $LATEST and may
    start cold, while the provisioned environments are idle and paid for.
    """
    for function in stack.follow(alias, "functionName", FUNCTION) if _find_warmth(alias, stack) else ():
        for type_, path in CALLERS.items():
            for caller in stack.referring(function, type_, path):
                if UNQUALIFIED.search(caller.text(path) or ""):
                    yield f"{caller} calls {function} itself, wanted it to call this alias"


@availability.high(
    ALIAS,
    reference=f"{GUIDE}/snapstart.html",
    fix="Take provisioned concurrency away, or set snap_start's apply_on to None.",
)
def lambda_snapstart_is_not_provisioned(alias: Resource, stack: Stack) -> Iterator[str]:
    """An alias of a function with SnapStart has no provisioned concurrency.

    Lambda does not support both, so a deployment that sets both ends half done.
    """
    functions = stack.follow(alias, "functionName", FUNCTION)
    if any(function.text("snapStart.applyOn") == "PublishedVersions" for function in functions):
        for warm in _find_warmth(alias, stack):
            yield f"{warm} gives this alias provisioned concurrency beside SnapStart, wanted one of them"
