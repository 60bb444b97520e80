"""What every AWS program may expect to find in its account though no rehearsal made it, as answers to lookups."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws import external_network as network
from rehearsal.aws.account_answers import public_parameter
from rehearsal.aws.call_arguments import arn_of, name_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import digits


def _policy(call: Call) -> dict[str, Any]:
    name = name_of(call)
    arn = call.arguments.get("arn") or f"arn:{account.partition(call.scope)}:iam::aws:policy/{name}"
    return {
        "id": arn,
        "arn": arn,
        "name": name,
        "path": "/",
        "policyId": f"ANPA{digits(call, 17).upper()}",
        "policy": "{}",
    }


def _key(call: Call) -> dict[str, Any]:
    d = digits(call, 32)
    found = f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"
    wanted = str(call.arguments.get("keyId") or "")
    found = found if wanted.startswith(("alias/", "arn:")) or not wanted else wanted
    return {
        "id": found,
        "arn": arn_of(call, "kms", f"key/{found}"),
        "awsAccountId": account.ACCOUNT,
        "enabled": True,
        "keyManager": "CUSTOMER",
        "keySpec": "SYMMETRIC_DEFAULT",
        "keyState": "Enabled",
        "keyUsage": "ENCRYPT_DECRYPT",
        "origin": "AWS_KMS",
    }


def _alias(call: Call) -> dict[str, Any]:
    key, name = _key(call), name_of(call)
    return {
        "id": arn_of(call, "kms", name),
        "arn": arn_of(call, "kms", name),
        "targetKeyArn": key["arn"],
        "targetKeyId": key["id"],
    }


def _parameter(call: Call) -> dict[str, Any]:
    name = name_of(call)
    value = public_parameter(name, call)
    arn = arn_of(call, "ssm", f"parameter/{name.lstrip('/')}")
    return {"id": name, "arn": arn, "type": "String", "value": value, "insecureValue": value, "version": 1}


def _secret(call: Call) -> dict[str, Any]:
    name = name_of(call)
    arn = call.arguments.get("arn") or arn_of(call, "secretsmanager", f"secret:{name}-{digits(call, 6)}")
    return {"id": arn, "arn": arn, "name": name, "kmsKeyId": "alias/aws/secretsmanager", "policy": ""}


def _secret_version(call: Call) -> dict[str, Any]:
    """The version that the rehearsal made, else an object in which any key could be looked for."""
    secret = call.arguments.get("secretId")
    for entry in call.inventory.of_type("aws:secretsmanager/secretVersion:SecretVersion"):
        if entry.inputs.get("secretId") == secret:
            return {**entry.outputs, "id": entry.id}
    return {
        "id": f"{secret}|AWSCURRENT",
        "arn": secret,
        "secretString": '{"username": "rehearsal", "password": "rehearsal"}',
        "secretBinary": base64.b64encode(b"rehearsal").decode(),
        "versionStage": "AWSCURRENT",
        "versionStages": ["AWSCURRENT"],
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


def _managed(call: Call) -> dict[str, Any]:
    d = digits(call, 32)
    return {"id": call.arguments.get("id") or f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"}


def _both(module: str, name: str, answer: Callable[[Call], dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """`aws.lb`, `aws.alb` and others are two names of one thing."""
    for alias in module.split("|"):
        yield f"aws:{alias}/{name}:{name}", answer


EXTERNAL: Mapping[str, Callable[[Call], dict[str, Any]]] = dict(
    pair
    for module, name, answer in (
        ("acm", "getCertificate", network.certificate),
        ("cloudfront", "getCachePolicy", _managed),
        ("cloudfront", "getOriginRequestPolicy", _managed),
        ("cloudfront", "getResponseHeadersPolicy", _managed),
        ("ec2", "getSecurityGroup", network.security_group),
        ("ec2", "getSubnet", network.subnet),
        ("ec2", "getVpc", network.vpc),
        ("ecr", "getImage", _image),
        ("iam", "getPolicy", _policy),
        ("kms", "getAlias", _alias),
        ("kms", "getKey", _key),
        ("lb|alb", "getLoadBalancer", network.load_balancer),
        ("lb|alb", "getTargetGroup", network.target_group),
        ("route53", "getZone", network.zone),
        ("secretsmanager", "getSecret", _secret),
        ("secretsmanager", "getSecretVersion", _secret_version),
        ("ssm", "getParameter", _parameter),
    )
    for pair in _both(module, name, answer)
)
