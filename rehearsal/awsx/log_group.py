"""The log group of a component: a new one, an existing one, or none."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.arguments import at_most_one
from rehearsal.awsx.context import ComponentContext, Registered
from rehearsal.awsx.output_values import apply, field
from rehearsal.values import Output


def default_log_group(
    context: ComponentContext, name: str, wanted: dict[str, Any] | None
) -> tuple[Registered | None, Output | None]:
    """Creates a log group unless `skip` or `existing` is given. Returns it with its {arn, name, region}."""
    return (None, None) if wanted and wanted.get("skip") else require_log_group(context, name, wanted)


def require_log_group(
    context: ComponentContext, name: str, wanted: dict[str, Any] | None
) -> tuple[Registered | None, Output]:
    at_most_one(wanted, "existing", "args")
    existing = wanted.get("existing") if wanted else None
    if existing is not None:
        return None, _use_existing(context, existing)
    group = context.register("aws:cloudwatch/logGroup:LogGroup", name, (wanted or {}).get("args") or {})
    return group, _location(context, group["name"], region(context))


def region(context: ComponentContext) -> Output:
    """Returns the region of the component's aws provider."""
    answer = context.invoke("aws:index/getRegion:getRegion", {})
    return apply(lambda found: found.get("region") or found["name"], answer)


def parse_arn(arn: str) -> dict[str, str]:
    """Returns {arn, name, region} of a log group. Raises ValueError if the ARN is not a log group's."""
    parts = arn.split(":")
    if len(parts) != 7 or parts[0] != "arn" or parts[2] != "logs" or parts[5] != "log-group":
        raise ValueError(f"logGroup.existing.arn: found {arn!r}, expected arn:aws:logs:REGION:ACCOUNT:log-group:NAME")
    return {"arn": arn, "name": parts[6], "region": parts[3]}


def _use_existing(context: ComponentContext, existing: dict[str, Any]) -> Output:
    if existing.get("arn") is not None:
        return apply(parse_arn, existing["arn"])
    if existing.get("name") is None:
        raise ValueError("logGroup.existing: found neither name nor arn, expected one of them")
    given = existing.get("region")
    return _location(context, existing["name"], region(context) if given is None else given)


def _location(context: ComponentContext, name: Any, where: Any) -> Output:
    account = field(context.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}), "accountId")
    return apply(lambda n, r, a: parse_arn(f"arn:aws:logs:{r}:{a}:log-group:{n}"), name, where, account)
