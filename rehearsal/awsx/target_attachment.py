"""awsx:lb:TargetGroupAttachment: attaches an instance or a function to a target group."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.arguments import exactly_one
from rehearsal.awsx.context import ComponentContext
from rehearsal.awsx.output_values import apply, field


def construct(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    exactly_one(arguments, "targetGroup", "targetGroupArn")
    exactly_one(arguments, "instance", "instanceId", "lambda", "lambdaArn")
    group_arn, group_type = _target_group(context, arguments)
    function = arguments.get("lambda")
    permission = None
    if function is not None or arguments.get("lambdaArn") is not None:
        target, called = _function(context, arguments)
        allowed = {"action": "lambda:InvokeFunction", "principal": "elasticloadbalancing.amazonaws.com"}
        permission = context.register(
            "aws:lambda/permission:Permission", name, {**allowed, "function": called, "sourceArn": group_arn}
        )
    else:
        target = _instance(context, arguments, group_type)
    attachment = context.register(
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        name,
        {**target, "targetGroupArn": group_arn},
        depends_on=[permission] if permission else [],
    )
    return {"targetGroupAttachment": attachment, **({"lambdaPermission": permission} if permission else {})}


def _target_group(context: ComponentContext, arguments: dict[str, Any]) -> tuple[Any, Any]:
    """The ARN and the target type of the target group."""
    if arguments.get("targetGroup") is not None:
        group = context.resolve(arguments["targetGroup"])
        return group["arn"], group["targetType"]
    arn = arguments["targetGroupArn"]
    return arn, field(context.invoke("aws:lb/getTargetGroup:getTargetGroup", {"arn": arn}), "targetType")


def _function(context: ComponentContext, arguments: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The target, and the function's name or ARN for its permission."""
    if arguments.get("lambda") is None:
        return {"targetId": arguments["lambdaArn"]}, arguments["lambdaArn"]
    function = context.resolve(arguments["lambda"])
    return {"targetId": function["arn"]}, function.id


def _instance(context: ComponentContext, arguments: dict[str, Any], group_type: Any) -> dict[str, Any]:
    """The instance as a target: its IP address if the target group's type is `ip`, else its id."""
    if arguments.get("instance") is not None:
        instance = context.resolve(arguments["instance"])
        identity, address, zone = instance.id, instance["privateIp"], instance["availabilityZone"]
    else:
        answer = context.invoke("aws:ec2/getInstance:getInstance", {"instanceId": arguments["instanceId"]})
        identity, address, zone = (field(answer, key) for key in ("id", "privateIp", "availabilityZone"))
    target = apply(lambda kind: identity if kind == "instance" else address, group_type)
    return {"targetId": target, "availabilityZone": zone}
