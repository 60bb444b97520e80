"""Answers to lookups of external AWS resources, which a program may expect to exist in its account."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws import external_network as network
from rehearsal.aws.account_answers import public_parameter
from rehearsal.aws.call_arguments import arn_of, name_of, uuid_of
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
    wanted = str(call.arguments.get("keyId") or "")
    key = wanted if wanted and not wanted.startswith(("alias/", "arn:")) else uuid_of(call)
    return {
        "id": key,
        "arn": arn_of(call, "kms", f"key/{key}"),
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
    """The secret version that the rehearsal created, else one that holds a username and a password."""
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


def _describe_managed_policy(call: Call) -> dict[str, Any]:
    return {"id": call.arguments.get("id") or uuid_of(call)}


EXTERNAL: Mapping[str, Callable[[Call], dict[str, Any]]] = {
    "aws:acm/getCertificate:getCertificate": network.certificate,
    "aws:cloudfront/getCachePolicy:getCachePolicy": _describe_managed_policy,
    "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": _describe_managed_policy,
    "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": _describe_managed_policy,
    "aws:ec2/getSecurityGroup:getSecurityGroup": network.security_group,
    "aws:ec2/getSubnet:getSubnet": network.subnet,
    "aws:ec2/getVpc:getVpc": network.vpc,
    "aws:ecr/getImage:getImage": _image,
    "aws:iam/getPolicy:getPolicy": _policy,
    "aws:kms/getAlias:getAlias": _alias,
    "aws:kms/getKey:getKey": _key,
    "aws:lb/getLoadBalancer:getLoadBalancer": network.load_balancer,
    "aws:alb/getLoadBalancer:getLoadBalancer": network.load_balancer,
    "aws:lb/getTargetGroup:getTargetGroup": network.target_group,
    "aws:alb/getTargetGroup:getTargetGroup": network.target_group,
    "aws:route53/getZone:getZone": network.zone,
    "aws:secretsmanager/getSecret:getSecret": _secret,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret_version,
    "aws:ssm/getParameter:getParameter": _parameter,
}
