"""Answers to lookups of external VPCs, load balancers, hosted zones and certificates."""

from __future__ import annotations

from typing import Any

from rehearsal.aws import account, default_vpc
from rehearsal.aws.call_arguments import arn_of, name_of, uuid_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import digits


def vpc(call: Call) -> dict[str, Any]:
    """Returns the default VPC, unless the arguments (id, tags, CIDR block or filters) describe another one."""
    wanted, default = call.arguments.get("id"), default_vpc.vpc(call.scope)
    described = any(call.arguments.get(name) for name in ("tags", "cidrBlock", "filters"))
    if wanted == default["id"] or (wanted is None and not described) or call.arguments.get("default"):
        return default
    identity = wanted or f"vpc-{digits(call, 17)}"
    tags = {
        str(criterion["name"]).removeprefix("tag:"): (criterion.get("values") or [""])[0]
        for criterion in call.arguments.get("filters") or ()
        if str(criterion.get("name")).startswith("tag:")
    }
    return {
        **default,
        "id": identity,
        "arn": arn_of(call, "ec2", f"vpc/{identity}"),
        "cidrBlock": call.arguments.get("cidrBlock") or "10.0.0.0/16",
        "default": False,
        "mainRouteTableId": f"rtb-{digits(call, 17, 'main')}",
        "tags": {**tags, **(call.arguments.get("tags") or {})},
    }


def subnet(call: Call) -> dict[str, Any]:
    given, known = call.arguments, default_vpc.subnets(call.scope)
    exact = (s for s in known if given.get("id") == s["id"] or given.get("availabilityZone") == s["availabilityZone"])
    subnet = next(exact, known[int(digits(call, 4), 16) % len(known)])
    return {**subnet, **({"id": given["id"]} if given.get("id") else {})}


def security_group(call: Call) -> dict[str, Any]:
    identifier = call.arguments.get("id") or default_vpc.identifier("sg", call.scope, name_of(call))
    return {
        "id": identifier,
        "arn": arn_of(call, "ec2", f"security-group/{identifier}"),
        "name": call.arguments.get("name") or "default",
        "vpcId": call.arguments.get("vpcId") or default_vpc.vpc(call.scope)["id"],
        "description": "default VPC security group",
    }


def load_balancer(call: Call) -> dict[str, Any]:
    name = name_of(call)
    arn = call.arguments.get("arn") or arn_of(
        call, "elasticloadbalancing", f"loadbalancer/app/{name}/{digits(call, 16)}"
    )
    return {
        "id": arn,
        "arn": arn,
        "arnSuffix": str(arn).partition("loadbalancer/")[2],
        "name": name,
        "dnsName": f"{name}-{int(digits(call, 8), 16)}.{call.scope}.elb.{account.dns_suffix(call.scope)}",
        "zoneId": account.load_balancing(call.scope)[1],
        "loadBalancerType": "application",
        "ipAddressType": "ipv4",
        "vpcId": default_vpc.vpc(call.scope)["id"],
        "subnets": default_vpc.subnet_ids(call)[:2],
    }


def target_group(call: Call) -> dict[str, Any]:
    name = name_of(call)
    arn = call.arguments.get("arn") or arn_of(call, "elasticloadbalancing", f"targetgroup/{name}/{digits(call, 16)}")
    return {
        "id": arn,
        "arn": arn,
        "arnSuffix": str(arn).rpartition(":")[2],
        "name": name,
        "protocol": "HTTP",
        "port": 80,
    }


def zone(call: Call) -> dict[str, Any]:
    zone = call.arguments.get("zoneId") or f"Z{digits(call, 20).upper()}"
    name = (call.arguments.get("name") or "example.com").rstrip(".")
    servers = ["ns-1.awsdns-00.com", "ns-512.awsdns-00.net", "ns-1024.awsdns-00.org", "ns-1536.awsdns-00.co.uk"]
    return {
        "id": zone,
        "zoneId": zone,
        "name": name,
        "arn": f"arn:{account.partition(call.scope)}:route53:::hostedzone/{zone}",
        "nameServers": servers,
        "primaryNameServer": servers[0],
    }


def certificate(call: Call) -> dict[str, Any]:
    arn = arn_of(call, "acm", f"certificate/{uuid_of(call)}")
    return {"id": arn, "arn": arn, "domain": call.arguments.get("domain") or "example.com", "status": "ISSUED"}
