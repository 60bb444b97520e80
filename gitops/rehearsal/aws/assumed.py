"""What every AWS program may expect to find in its account though no rehearsal made it, as answers to lookups."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gitops.rehearsal.answers import digits
from gitops.rehearsal.aws import account, default_vpc
from gitops.rehearsal.aws.facts_of_account import public_parameter
from gitops.rehearsal.cloud import Call


def _arn(call: Call, service: str, resource: str, *, everywhere: bool = False) -> str:
    region = "" if everywhere else call.scope
    return f"arn:{account.partition(call.scope)}:{service}:{region}:{account.ACCOUNT}:{resource}"


def _name(call: Call, *names: str) -> str:
    """The name asked for, by one of these arguments; an ARN's last part; else one that says what this is."""
    for name in (*names, "name", "arn", "id"):
        if isinstance(value := call.arguments.get(name), str) and value:
            return value.rpartition("/")[2].rpartition(":")[2] if value.startswith("arn:") else value
    return "rehearsal"


def _vpc(call: Call) -> dict[str, Any]:
    asked, default = call.arguments.get("id"), default_vpc.vpc(call.scope)
    return {**default, "id": asked, "default": False} if asked not in (None, default["id"]) else default


def _subnet(call: Call) -> dict[str, Any]:
    asked, known = call.arguments, default_vpc.subnets(call.scope)
    exact = (s for s in known if asked.get("id") == s["id"] or asked.get("availabilityZone") == s["availabilityZone"])
    found = next(exact, known[int(digits(call, 4), 16) % len(known)])
    return {**found, **({"id": asked["id"]} if asked.get("id") else {})}


def _security_group(call: Call) -> dict[str, Any]:
    found = call.arguments.get("id") or default_vpc.identifier("sg", call.scope, _name(call))
    return {
        "id": found,
        "arn": _arn(call, "ec2", f"security-group/{found}"),
        "name": call.arguments.get("name") or "default",
        "vpcId": call.arguments.get("vpcId") or default_vpc.vpc(call.scope)["id"],
        "description": "default VPC security group",
    }


def _policy(call: Call) -> dict[str, Any]:
    name = _name(call)
    arn = call.arguments.get("arn") or f"arn:{account.partition(call.scope)}:iam::aws:policy/{name}"
    return {
        "id": arn,
        "arn": arn,
        "name": name,
        "path": "/",
        "policyId": f"ANPA{digits(call, 17).upper()}",
        "policy": "{}",
    }


def _role(call: Call) -> dict[str, Any]:
    name = _name(call)
    arn = _arn(call, "iam", f"role/{name}", everywhere=True)
    return {"id": name, "arn": arn, "name": name, "path": "/", "assumeRolePolicy": "{}", "maxSessionDuration": 3600}


def _zone(call: Call) -> dict[str, Any]:
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


def _certificate(call: Call) -> dict[str, Any]:
    d = digits(call, 32)
    arn = _arn(call, "acm", f"certificate/{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}")
    return {"id": arn, "arn": arn, "domain": call.arguments.get("domain") or "example.com", "status": "ISSUED"}


def _key(call: Call) -> dict[str, Any]:
    d = digits(call, 32)
    found = f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"
    asked = str(call.arguments.get("keyId") or "")
    found = found if asked.startswith(("alias/", "arn:")) or not asked else asked
    return {
        "id": found,
        "arn": _arn(call, "kms", f"key/{found}"),
        "awsAccountId": account.ACCOUNT,
        "enabled": True,
        "keyManager": "CUSTOMER",
        "keySpec": "SYMMETRIC_DEFAULT",
        "keyState": "Enabled",
        "keyUsage": "ENCRYPT_DECRYPT",
        "origin": "AWS_KMS",
    }


def _alias(call: Call) -> dict[str, Any]:
    key, name = _key(call), _name(call)
    return {
        "id": _arn(call, "kms", name),
        "arn": _arn(call, "kms", name),
        "targetKeyArn": key["arn"],
        "targetKeyId": key["id"],
    }


def _parameter(call: Call) -> dict[str, Any]:
    name = _name(call)
    value = public_parameter(name, call)
    arn = _arn(call, "ssm", f"parameter/{name.lstrip('/')}")
    return {"id": name, "arn": arn, "type": "String", "value": value, "insecureValue": value, "version": 1}


def _secret(call: Call) -> dict[str, Any]:
    name = _name(call)
    arn = call.arguments.get("arn") or _arn(call, "secretsmanager", f"secret:{name}-{digits(call, 6)}")
    return {"id": arn, "arn": arn, "name": name, "kmsKeyId": "alias/aws/secretsmanager", "policy": ""}


def _secret_version(call: Call) -> dict[str, Any]:
    """The version that the rehearsal made, else an object in which any key could be looked for."""
    asked = call.arguments.get("secretId")
    for entry in call.inventory.of_type("aws:secretsmanager/secretVersion:SecretVersion"):
        if entry.inputs.get("secretId") == asked:
            return {**entry.outputs, "id": entry.id}
    return {
        "id": f"{asked}|AWSCURRENT",
        "arn": asked,
        "secretString": '{"username": "rehearsal", "password": "rehearsal"}',
        "secretBinary": base64.b64encode(b"rehearsal").decode(),
        "versionStage": "AWSCURRENT",
        "versionStages": ["AWSCURRENT"],
    }


def _repository(call: Call) -> dict[str, Any]:
    name = _name(call)
    host = f"{account.ACCOUNT}.dkr.ecr.{call.scope}.{account.dns_suffix(call.scope)}"
    return {
        "id": name,
        "arn": _arn(call, "ecr", f"repository/{name}"),
        "registryId": account.ACCOUNT,
        "repositoryUrl": f"{host}/{name}",
    }


def _image(call: Call) -> dict[str, Any]:
    digest = call.arguments.get("imageDigest") or f"sha256:{digits(call, 64)}"
    host = f"{account.ACCOUNT}.dkr.ecr.{call.scope}.{account.dns_suffix(call.scope)}"
    tag = call.arguments.get("imageTag") or "latest"
    return {
        "id": digest,
        "imageDigest": digest,
        "imageTag": tag,
        "imageTags": [tag],
        "imageUri": f"{host}/{call.arguments.get('repositoryName')}@{digest}",
        "imageSizeInBytes": 1,
        "imagePushedAt": 1735689600,
        "registryId": account.ACCOUNT,
    }


def _bucket(call: Call) -> dict[str, Any]:
    name, suffix = _name(call, "bucket"), account.dns_suffix(call.scope)
    return {
        "id": name,
        "bucket": name,
        "arn": f"arn:{account.partition(call.scope)}:s3:::{name}",
        "bucketRegion": call.scope,
        "bucketDomainName": f"{name}.s3.{suffix}",
        "bucketRegionalDomainName": f"{name}.s3.{call.scope}.{suffix}",
        "hostedZoneId": "Z3AQBSTGFYJSTF",
    }


def _load_balancer(call: Call) -> dict[str, Any]:
    name = _name(call)
    arn = call.arguments.get("arn") or _arn(call, "elasticloadbalancing", f"loadbalancer/app/{name}/{digits(call, 16)}")
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


def _target_group(call: Call) -> dict[str, Any]:
    name = _name(call)
    arn = call.arguments.get("arn") or _arn(call, "elasticloadbalancing", f"targetgroup/{name}/{digits(call, 16)}")
    return {
        "id": arn,
        "arn": arn,
        "arnSuffix": str(arn).rpartition(":")[2],
        "name": name,
        "protocol": "HTTP",
        "port": 80,
    }


def _managed(call: Call) -> dict[str, Any]:
    d = digits(call, 32)
    return {"id": call.arguments.get("id") or f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"}


def _prefix_list(call: Call) -> dict[str, Any]:
    found = f"pl-{digits(call, 8)}"
    return {"id": found, "arn": _arn(call, "ec2", f"prefix-list/{found}"), "version": 1, "maxEntries": 10}


def _cluster(call: Call) -> dict[str, Any]:
    name = _name(call)
    issuer = f"https://oidc.eks.{call.scope}.{account.dns_suffix(call.scope)}/id/{digits(call, 32).upper()}"
    return {
        "id": name,
        "arn": _arn(call, "eks", f"cluster/{name}"),
        "endpoint": f"https://{digits(call, 32).upper()}.gr7.{call.scope}.eks.{account.dns_suffix(call.scope)}",
        "certificateAuthorities": [{"data": base64.b64encode(b"rehearsal").decode()}],
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "status": "ACTIVE",
        "version": "1.33",
    }


def _both(module: str, name: str, answer: Callable[[Call], dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """`aws.lb`, `aws.alb` and others are two names of one thing."""
    for alias in module.split("|"):
        yield f"aws:{alias}/{name}:{name}", answer


ASSUMED: Mapping[str, Callable[[Call], dict[str, Any]]] = dict(
    pair
    for module, name, answer in (
        ("acm", "getCertificate", _certificate),
        ("cloudfront", "getCachePolicy", _managed),
        ("cloudfront", "getOriginRequestPolicy", _managed),
        ("cloudfront", "getResponseHeadersPolicy", _managed),
        ("ec2", "getManagedPrefixList", _prefix_list),
        ("ec2", "getPrefixList", _prefix_list),
        ("ec2", "getSecurityGroup", _security_group),
        ("ec2", "getSubnet", _subnet),
        ("ec2", "getVpc", _vpc),
        ("ecr", "getImage", _image),
        ("ecr", "getRepository", _repository),
        ("eks", "getCluster", _cluster),
        ("iam", "getPolicy", _policy),
        ("iam", "getRole", _role),
        ("kms", "getAlias", _alias),
        ("kms", "getKey", _key),
        ("lb|alb", "getLoadBalancer", _load_balancer),
        ("lb|alb", "getTargetGroup", _target_group),
        ("route53", "getZone", _zone),
        ("s3", "getBucket", _bucket),
        ("secretsmanager", "getSecret", _secret),
        ("secretsmanager", "getSecretVersion", _secret_version),
        ("ssm", "getParameter", _parameter),
    )
    for pair in _both(module, name, answer)
)
