"""Values that are each fine and that the cloud refuses together.

One function per rule of the API (or of the Terraform provider's own plan-time check), listed by type at the end. An
unknown or secret value counts as given and is compared with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rehearsal.provider.check_failure import CheckFailure
from rehearsal.values import UNKNOWN, Secret

# Fargate's CPU units → memory in MiB (ECS developer guide, "Task CPU and memory").
_FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
_Inputs = Mapping[str, Any]


def check(type_token: str, inputs: _Inputs) -> Iterator[CheckFailure]:
    """What the type's rules say of inputs that are valid one by one."""
    plain = {name: UNKNOWN if isinstance(value, Secret) else value for name, value in inputs.items()}
    for rule in _RULES.get(type_token, ()):
        yield from rule(plain)


def _fargate_size(inputs: _Inputs) -> Iterator[CheckFailure]:
    compatibilities = inputs.get("requiresCompatibilities")
    if not isinstance(compatibilities, list) or "FARGATE" not in compatibilities:
        return
    cpu, memory = _number(inputs.get("cpu")), _number(inputs.get("memory"))
    if cpu is None or memory is None:
        return
    offered = _FARGATE_MEMORY.get(int(cpu), ())
    if not offered:
        yield CheckFailure("cpu", f"{cpu:g}", f"one of {', '.join(map(str, _FARGATE_MEMORY))}, as Fargate offers")
    elif memory not in offered:
        steps = f" in steps of {offered.step}" if isinstance(offered, range) else ""
        expected = f"{offered[0]} to {offered[-1]} MiB{steps}, as Fargate offers with {cpu:g} CPU units"
        yield CheckFailure("memory", f"{memory:g}", expected)


def _capacities_in_order(inputs: _Inputs) -> Iterator[CheckFailure]:
    least, most = _number(inputs.get("minCapacity")), _number(inputs.get("maxCapacity"))
    if least is not None and most is not None and most < least:
        yield CheckFailure("maxCapacity", f"{most:g}", f"at least minCapacity ({least:g})")


def _health_check_ends_before_the_next(inputs: _Inputs) -> Iterator[CheckFailure]:
    check = inputs.get("healthCheck")
    if not isinstance(check, Mapping) or inputs.get("protocol") not in ("HTTP", "HTTPS"):
        return
    timeout, interval = _number(check.get("timeout")), _number(check.get("interval"))
    if timeout is not None and interval is not None and timeout >= interval:
        yield CheckFailure("healthCheck.timeout", f"{timeout:g}", f"less than the interval ({interval:g} s)")


def _zip_has_a_handler(inputs: _Inputs) -> Iterator[CheckFailure]:
    given = inputs.get("handler") is not None or inputs.get("runtime") is not None
    if not given and inputs.get("packageType", "Zip") == "Zip":
        yield CheckFailure("handler", "nothing", "a handler and a runtime, because the package type is Zip")


def _fifo_by_name(inputs: _Inputs, flag: str) -> Iterator[CheckFailure]:
    name, fifo = inputs.get("name"), inputs.get(flag, False)
    if isinstance(name, str) and isinstance(fifo, bool) and name.endswith(".fifo") != fifo:
        yield CheckFailure("name", repr(name), f"a name that ends with .fifo exactly when {flag} is true")


def _alarm_period(inputs: _Inputs) -> Iterator[CheckFailure]:
    period = _number(inputs.get("period"))
    if period is not None and period not in (10, 20, 30) and period % 60:
        yield CheckFailure("period", f"{period:g}", "10, 20, 30 or a multiple of 60")


def _traffic_is_whole(inputs: _Inputs) -> Iterator[CheckFailure]:
    properties = inputs.get("properties")
    traffic = properties.get("traffic") if isinstance(properties, Mapping) else None
    if not isinstance(traffic, Mapping):
        return
    shares = [_number(share) for share in traffic.values()]
    known = [share for share in shares if share is not None]
    if len(known) == len(shares) and sum(known) not in (0, 100):
        yield CheckFailure(
            "properties.traffic", f"{sum(known):g} in all", "percentages that sum to 100 (or 0: no traffic)"
        )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


_Rule = Callable[[_Inputs], Iterator[CheckFailure]]
_RULES: dict[str, tuple[_Rule, ...]] = {
    "aws:appautoscaling/target:Target": (_capacities_in_order,),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (_alarm_period,),
    "aws:ecs/taskDefinition:TaskDefinition": (_fargate_size,),
    "aws:lambda/function:Function": (_zip_has_a_handler,),
    "aws:lb/targetGroup:TargetGroup": (_health_check_ends_before_the_next,),
    "aws:sns/topic:Topic": (lambda inputs: _fifo_by_name(inputs, "fifoTopic"),),
    "aws:sqs/queue:Queue": (lambda inputs: _fifo_by_name(inputs, "fifoQueue"),),
    "azure-native:machinelearningservices:OnlineEndpoint": (_traffic_is_whole,),
}
