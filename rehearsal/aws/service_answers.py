"""Answers about AWS services: endpoint services, addresses, and rendered documents."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws.account_answers import authorization
from rehearsal.aws.call_arguments import arn_of, name_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer, digits

_ADDON_VERSIONS = {
    "vpc-cni": "v1.19.5-eksbuild.1",
    "coredns": "v1.12.1-eksbuild.2",
    "kube-proxy": "v1.33.0-eksbuild.2",
    "aws-ebs-csi-driver": "v1.44.0-eksbuild.1",
}


def endpoint_service(call: Call) -> dict[str, Any]:
    """Returns a service for VPC endpoints: of type Gateway for S3 and DynamoDB, of type Interface for all others."""
    short = str(call.arguments.get("service") or "").removeprefix("com.amazonaws.")
    name = call.arguments.get("serviceName") or f"com.amazonaws.{call.scope}.{short or 's3'}"
    gateway = str(name).rpartition(".")[2] in ("s3", "dynamodb")
    identifier = f"vpce-svc-{digits(call, 17)}"
    return {
        "id": identifier,
        "serviceId": identifier,
        "arn": arn_of(call, "ec2", f"vpc-endpoint-service/{identifier}"),
        "serviceName": name,
        "serviceRegion": call.scope,
        "serviceType": call.arguments.get("serviceType") or ("Gateway" if gateway else "Interface"),
        "availabilityZones": account.zones(call.scope),
        "owner": "amazon",
        "supportedIpAddressTypes": ["ipv4"],
        "vpcEndpointPolicySupported": True,
        "baseEndpointDnsNames": [f"{str(name).rpartition('.')[2]}.{call.scope}.vpce.{account.dns_suffix(call.scope)}"],
    }


def lifecycle_policy(call: Call) -> dict[str, Any]:
    """Renders an ECR policy: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html"""
    rules = [_lifecycle_rule(rule) for rule in call.arguments.get("rules") or ()]
    return {"json": json.dumps({"rules": rules}, separators=(",", ":"))}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    selection = {
        name.removesuffix("s") if name.endswith("Lists") else name: value
        for name, value in (rule.get("selection") or {}).items()
        if value is not None
    }
    fields = {"rulePriority": rule.get("priority"), "description": rule.get("description"), "selection": selection}
    action = rule.get("action") or {"type": "expire"}
    return {**{key: value for key, value in fields.items() if value is not None}, "action": action}


def public_authorization(call: Call) -> dict[str, Any]:
    return {**authorization(call), "id": call.scope}


def addon_version(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("addonName") or "")
    return {"id": name, "version": _ADDON_VERSIONS.get(name, "v1.0.0-eksbuild.1")}


def solution_stack(call: Call) -> dict[str, Any]:
    """Returns a platform name that matches the pattern: the pattern without wildcards and anchors."""
    pattern = str(call.arguments.get("nameRegex") or "")
    name = pattern.strip("^$").replace("(.*)", "2023 v4.5.0").replace(".*", "2023 v4.5.0").replace("\\.", ".")
    return {"id": name, "name": name}


def beanstalk_zone(call: Call) -> dict[str, Any]:
    known = account.FACTS["beanstalk_zones"]
    return {"id": known.get(call.scope, known["us-east-1"])}


def kafka_version(call: Call) -> dict[str, Any]:
    version = call.arguments.get("version") or next(iter(call.arguments.get("preferredVersions") or ()), "3.8.x")
    return {"id": version, "version": version, "status": "ACTIVE"}


def brokers(call: Call) -> dict[str, Any]:
    stem = f"{name_of(call, 'clusterArn')}.{digits(call, 6)}.c1.kafka.{call.scope}.{account.dns_suffix(call.scope)}"
    ports = {"": 9092, "Tls": 9094, "SaslScram": 9096, "SaslIam": 9098}
    return {
        f"bootstrapBrokers{kind}": ",".join(f"b-{n}.{stem}:{port}" for n in (1, 2, 3)) for kind, port in ports.items()
    }


def cipher_text(call: Call) -> dict[str, Any]:
    return {"id": digits(call, 16), "ciphertextBlob": base64.b64encode(bytes.fromhex(digits(call, 64))).decode()}


def decrypt_secrets(call: Call) -> dict[str, Any]:
    names = (str(secret.get("name")) for secret in call.arguments.get("secrets") or ())
    return {"id": digits(call, 16), "plaintext": dict.fromkeys(names, "rehearsal")}


def random_password(call: Call) -> dict[str, Any]:
    length = int(call.arguments.get("passwordLength") or 32)
    return {"id": digits(call, 16), "randomPassword": (digits(call, 128) * (length // 128 + 1))[:length]}


def foundation_model(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("modelId") or "")
    return {
        "id": name,
        "modelArn": f"arn:{account.partition(call.scope)}:bedrock:{call.scope}::foundation-model/{name}",
        "modelId": name,
        "modelName": name,
        "providerName": name.partition(".")[0],
        "inferenceTypesSupporteds": ["ON_DEMAND"],
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
    }


def inference_profile(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("inferenceProfileId") or "")
    short = name.rpartition("/")[2]
    model = f"arn:{account.partition(call.scope)}:bedrock:{call.scope}::foundation-model/{short.partition('.')[2]}"
    return {
        "inferenceProfileArn": arn_of(call, "bedrock", f"inference-profile/{short}"),
        "inferenceProfileId": short,
        "inferenceProfileName": short,
        "models": [{"modelArn": model}],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def iot_endpoint(call: Call) -> dict[str, Any]:
    kind = str(call.arguments.get("endpointType") or "iot:Data")
    part = {"iot:Data-ATS": "-ats.iot", "iot:CredentialProvider": ".credentials.iot", "iot:Jobs": ".jobs.iot"}
    host = f"a{digits(call, 13)}{part.get(kind, '.iot')}.{call.scope}.{account.dns_suffix(call.scope)}"
    return {"id": host, "endpointAddress": host}


def parameters(call: Call) -> dict[str, Any]:
    """Returns the parameters that this rehearsal created below the path."""
    path = str(call.arguments.get("path") or "/").rstrip("/") + "/"
    made = (
        entry.outputs for entry in call.inventory.of_type("aws:ssm/parameter:Parameter") if entry.scope == call.scope
    )
    below = [outputs for outputs in made if str(outputs.get("name")).startswith(path)]
    columns = {"arns": "arn", "names": "name", "types": "type", "values": "value"}
    return {"id": path, **{many: [str(outputs.get(column)) for outputs in below] for many, column in columns.items()}}


FACTS: Mapping[str, Answer] = {
    "aws:bedrock/getInferenceProfile:getInferenceProfile": inference_profile,
    "aws:bedrockfoundation/getModel:getModel": foundation_model,
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": endpoint_service,
    "aws:ecr/getCredentials:getCredentials": authorization,
    "aws:ecr/getLifecyclePolicyDocument:getLifecyclePolicyDocument": lifecycle_policy,
    "aws:ecrpublic/getAuthorizationToken:getAuthorizationToken": public_authorization,
    "aws:eks/getAddonVersion:getAddonVersion": addon_version,
    "aws:elasticbeanstalk/getHostedZone:getHostedZone": beanstalk_zone,
    "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": solution_stack,
    "aws:iot/getEndpoint:getEndpoint": iot_endpoint,
    "aws:kms/getCipherText:getCipherText": cipher_text,
    "aws:kms/getSecrets:getSecrets": decrypt_secrets,
    "aws:msk/getBootstrapBrokers:getBootstrapBrokers": brokers,
    "aws:msk/getKafkaVersion:getKafkaVersion": kafka_version,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": random_password,
    "aws:ssm/getParametersByPath:getParametersByPath": parameters,
}
