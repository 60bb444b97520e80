"""Azure Monitor: the step size of an autoscale action."""

from __future__ import annotations

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule


@rule(
    "azure-native:monitor:AutoscaleSetting",
    source="https://learn.microsoft.com/rest/api/monitor/autoscale-settings/create-or-update",
)
def values_of_scale_actions(it: Resource) -> Found:
    for outer, profile in it.blocks("profiles"):
        least, most = (profile.number(f"capacity.{name}") for name in ("minimum", "maximum"))
        reach = most - least if least is not None and most is not None else 0
        for inner, one in profile.blocks("rules"):
            value, kind = one.number("scaleAction.value"), one.get("scaleAction.type")
            if kind == "ChangeCount" and value is not None and value > reach > 0:
                message = f"InvalidActionValue: invalid scale action value ('{value:g}'). Specify a scale value less"
                told = f"{message} than or equal to the difference between the capacity maximum {most:g} and minimum"
                yield f"{outer}.{inner}.scaleAction.value", f"{told} {least:g}"
