"""awsx:lb: a load balancer, its default target group and listeners, and a security group if it is an application's."""

from __future__ import annotations

from typing import Any

from rehearsal.awsx.arguments import at_most_one, without
from rehearsal.awsx.context import ComponentContext, Registered
from rehearsal.awsx.default_vpc import default_vpc
from rehearsal.awsx.output_values import apply, field, lift
from rehearsal.values import Output

_NOT_PASSED_ON = (
    "subnetIds",
    "subnets",
    "defaultTargetGroup",
    "defaultTargetGroupPort",
    "defaultSecurityGroup",
    "listener",
    "listeners",
)
_ANYWHERE = {"cidrBlocks": ["0.0.0.0/0"], "ipv6CidrBlocks": ["::/0"]}
OPEN_INGRESS = [{"fromPort": 0, "toPort": 0, "protocol": "-1", **_ANYWHERE}]
OPEN_EGRESS = [{"fromPort": 0, "toPort": 65535, "protocol": "tcp", **_ANYWHERE}]


def construct_application(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    _check(arguments)
    vpc_id, network = _network(context, arguments)
    balancer_arguments = {**without(arguments, *_NOT_PASSED_ON), **network, "loadBalancerType": "application"}
    groups, default_group = _security_groups(context, name, arguments, vpc_id)
    if groups is not None:
        balancer_arguments["securityGroups"] = groups
    balancer = context.register("aws:lb/loadBalancer:LoadBalancer", name, balancer_arguments)
    endpoint = default_endpoint(arguments)
    target_group = context.register(
        "aws:lb/targetGroup:TargetGroup",
        name,
        {"vpcId": vpc_id, "targetType": "ip", **endpoint, **(arguments.get("defaultTargetGroup") or {})},
    )
    listeners = arguments.get("listeners")
    if listeners is None:
        specs = [{**endpoint, **(arguments.get("listener") or {})}]
    else:
        specs = [{**listener_endpoint(listener), **listener} for listener in listeners]
    return {
        "loadBalancer": balancer,
        "defaultTargetGroup": target_group,
        "listeners": _listeners(context, name, specs, balancer, target_group),
        "vpcId": vpc_id,
        **({"defaultSecurityGroup": default_group} if default_group else {}),
    }


def construct_network(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    _check(arguments)
    vpc_id, network = _network(context, arguments)
    # HTTP/2 and the idle timeout exist only for application load balancers, so awsx switches both off.
    fixed = {"loadBalancerType": "network", "enableHttp2": False, "idleTimeout": 0}
    passed_on = {**without(arguments, *_NOT_PASSED_ON), **network, **fixed}
    balancer = context.register("aws:lb/loadBalancer:LoadBalancer", name, passed_on)
    default_port = arguments.get("defaultTargetGroupPort")
    endpoint = {"protocol": "TCP", "port": 80 if default_port is None else default_port}
    target_group = context.register(
        "aws:lb/targetGroup:TargetGroup",
        name,
        {"vpcId": vpc_id, **endpoint, **(arguments.get("defaultTargetGroup") or {})},
    )
    listeners = arguments.get("listeners")
    specs = [arguments.get("listener") or {}] if listeners is None else listeners
    specs = [{"protocol": "TCP", "port": 80, **spec} for spec in specs]
    return {
        "loadBalancer": balancer,
        "defaultTargetGroup": target_group,
        "listeners": _listeners(context, name, specs, balancer, target_group),
        "vpcId": vpc_id,
    }


def default_endpoint(arguments: dict[str, Any]) -> dict[str, Any]:
    """Returns port and protocol of the default target group and of a single listener.

    From several `listeners`, awsx takes those of the first. From exactly one, it takes none, and the target group must
    name its own port (github.com/pulumi/pulumi-awsx/issues/1292).
    """
    listener, listeners = arguments.get("listener"), arguments.get("listeners")
    if listeners:
        if len(listeners) == 1:
            return {}
        listener = listeners[0]
    return listener_endpoint(listener, arguments.get("defaultTargetGroupPort"))


def listener_endpoint(listener: dict[str, Any] | None, default_port: Any = None) -> dict[str, Any]:
    """Returns port and protocol of a listener. If only one is given, the other is derived from it."""
    port, protocol = field(listener, "port"), field(listener, "protocol")
    if port is not None and protocol is not None:
        return {"port": port, "protocol": protocol}
    if port is not None:
        return {"port": port, "protocol": apply(lambda number: "HTTPS" if number == 443 else "HTTP", port)}
    if protocol is not None:
        return {"port": apply(lambda text: 443 if text == "HTTPS" else 80, protocol), "protocol": protocol}
    return {"port": 80 if default_port is None else default_port, "protocol": "HTTP"}


def _check(arguments: dict[str, Any]) -> None:
    at_most_one(arguments, "subnets", "subnetIds", "subnetMappings")
    at_most_one(arguments, "listener", "listeners")
    at_most_one(arguments, "defaultTargetGroup", "defaultTargetGroupPort")
    at_most_one(arguments.get("defaultSecurityGroup"), "args", "securityGroupId")


def _network(context: ComponentContext, arguments: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The VPC's id and the load balancer's subnets: the given ones, else the default VPC's public subnets."""
    if arguments.get("subnets") is not None:
        references = lift(arguments["subnets"])
        subnets = apply(lambda listed: [context.resolve(item) for item in listed], references).value
        listed = subnets if isinstance(subnets, list) else []
        ids = [subnet.id for subnet in listed] if listed else references
        return (listed[0]["vpcId"] if listed else references), {"subnets": ids}
    if arguments.get("subnetIds") is not None:
        return _vpc_of(context, apply(lambda ids: ids[0], arguments["subnetIds"])), {"subnets": arguments["subnetIds"]}
    if arguments.get("subnetMappings") is not None:
        return _vpc_of(context, apply(lambda mappings: mappings[0]["subnetId"], arguments["subnetMappings"])), {}
    default = default_vpc(context)
    return default["vpcId"], {"subnets": default["publicSubnetIds"]}


def _vpc_of(context: ComponentContext, subnet_id: Output) -> Output:
    return field(context.invoke("aws:ec2/getSubnet:getSubnet", {"id": subnet_id}), "vpcId")


def _security_groups(
    context: ComponentContext, name: str, arguments: dict[str, Any], vpc_id: Any
) -> tuple[list[Any] | None, Registered | None]:
    """The default security groups of the load balancer, and the group created for it, if any."""
    default = arguments.get("defaultSecurityGroup") or {}
    if arguments.get("securityGroups") is not None or default.get("skip"):
        return None, None
    if default.get("securityGroupId") is not None:
        return [default["securityGroupId"]], None
    open_to_all = {"vpcId": vpc_id, "ingress": OPEN_INGRESS, "egress": OPEN_EGRESS}
    given = default.get("args")
    group = context.register("aws:ec2/securityGroup:SecurityGroup", name, open_to_all if given is None else given)
    return [group.id], group


def _listeners(
    context: ComponentContext, name: str, specs: list[dict[str, Any]], balancer: Registered, target_group: Registered
) -> list[Registered]:
    forward = [{"type": "forward", "targetGroupArn": target_group["arn"]}]
    return [
        context.register(
            "aws:lb/listener:Listener",
            f"{name}-{position}",
            {"defaultActions": forward, **spec, "loadBalancerArn": balancer["arn"]},
        )
        for position, spec in enumerate(specs)
    ]
