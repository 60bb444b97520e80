"""Answers to AWS functions that are the same in every account, or that describe the rehearsal's account."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws.policy_document import policy_document
from rehearsal.cloud import Call, CloudError
from rehearsal.provider.answers import Answer, digits


def region(call: Call) -> dict[str, Any]:
    region = call.arguments.get("region") or call.arguments.get("name") or call.scope
    endpoint = f"ec2.{region}.{account.dns_suffix(region)}"
    return {"id": region, "name": region, "region": region, "endpoint": endpoint, "description": region}


def regions(call: Call) -> dict[str, Any]:
    return {"id": account.partition(call.scope), "names": list(account.REGIONS)}


def zones(call: Call) -> dict[str, Any]:
    without = {*(call.arguments.get("excludeNames") or ()), *(call.arguments.get("excludeZoneIds") or ())}
    names = [z for z in account.zones(call.scope) if z not in without and account.zone_id(z) not in without]
    return {
        "id": call.scope,
        "names": names,
        "zoneIds": [account.zone_id(zone) for zone in names],
        "groupNames": [f"{call.scope}-zg-1"],
    }


def zone(call: Call) -> dict[str, Any]:
    zone_id, known = call.arguments.get("zoneId"), account.zones(call.scope)
    name = call.arguments.get("name") or next((z for z in known if account.zone_id(z) == zone_id), known[0])
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d+[a-z]", name):
        raise CloudError(f"name: found {name!r}, expected the name of a zone such as {known[0]!r}")
    return {
        "id": name,
        "name": name,
        "nameSuffix": name[-1],
        "zoneId": account.zone_id(name),
        "groupName": f"{call.scope}-zg-1",
        "networkBorderGroup": call.scope,
        "optInStatus": "opt-in-not-required",
        "state": "available",
        "zoneType": "availability-zone",
    }


def image(call: Call) -> dict[str, Any]:
    """Returns a machine image, which depends on the arguments only. Its name is the pattern without wildcards."""
    filters = {criterion["name"]: criterion.get("values") or [""] for criterion in call.arguments.get("filters") or ()}
    name = filters.get("name", [call.arguments.get("nameRegex") or "image"])[0].replace("*", "2025.1")
    identifier = f"ami-{digits(call, 17)}"
    owner = str((call.arguments.get("owners") or ["amazon"])[0])
    return {
        "id": identifier,
        "imageId": identifier,
        "arn": f"arn:{account.partition(call.scope)}:ec2:{call.scope}::image/{identifier}",
        "name": name,
        "architecture": filters.get("architecture", ["arm64" if "arm64" in name else "x86_64"])[0],
        "hypervisor": "xen",
        "imageType": "machine",
        "ownerId": account.FACTS["image_owners"].get(owner, owner),
        "public": True,
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "state": "available",
        "virtualizationType": "hvm",
    }


def images(call: Call) -> dict[str, Any]:
    return {"id": digits(call, 10), "ids": [f"ami-{digits(call, 17)}"]}


def authorization(call: Call) -> dict[str, Any]:
    registry = call.arguments.get("registryId") or account.ACCOUNT
    password = f"rehearsal-{digits(call, 32)}"
    return {
        "id": call.scope,
        "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
        "userName": "AWS",
        "password": password,
        "proxyEndpoint": f"https://{registry}.dkr.ecr.{call.scope}.{account.dns_suffix(call.scope)}",
        "expiresAt": "2025-01-01T12:00:00Z",
    }


def service(call: Call) -> dict[str, Any]:
    name = call.arguments.get("serviceId") or "ec2"
    dns = f"{name}.{call.scope}.{account.dns_suffix(call.scope)}"
    return {
        "id": dns,
        "dnsName": dns,
        "partition": account.partition(call.scope),
        "reverseDnsName": ".".join(reversed(dns.split("."))),
        "reverseDnsPrefix": ".".join(reversed(account.dns_suffix(call.scope).split("."))),
        "serviceId": name,
        "supported": True,
    }


def default_tags(call: Call) -> dict[str, Any]:
    default = call.config.get("defaultTags")
    tags = default.get("tags") if isinstance(default, dict) else None
    return {"id": account.partition(call.scope), "tags": tags or {}}


def prebuilt_image(call: Call) -> dict[str, Any]:
    known = account.FACTS["prebuilt_images"]
    registry = call.arguments.get("registryId") or known.get(call.scope, known["us-east-1"])
    host = f"{registry}.dkr.ecr.{call.scope}.{account.dns_suffix(call.scope)}"
    path = f"{host}/{call.arguments.get('repositoryName')}:{call.arguments.get('imageTag') or '1'}"
    return {"id": registry, "registryId": registry, "registryPath": path}


def public_parameter(name: str, call: Call) -> str:
    """Returns the value of a public Systems Manager parameter: an image id, JSON about an image, or a placeholder."""
    identifier = f"ami-{digits(call, 17)}"
    if not name.startswith("/aws/service/"):
        return "rehearsal"
    about = {"image_id": identifier, "image_name": name.rpartition("/")[2], "schema_version": 1}
    return json.dumps(about) if name.endswith("/recommended") else identifier


FACTS: Mapping[str, Answer] = {
    "aws:ec2/getAmi:getAmi": image,
    "aws:ec2/getAmiIds:getAmiIds": images,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": authorization,
    "aws:iam/getPolicyDocument:getPolicyDocument": policy_document,
    "aws:index/getAvailabilityZone:getAvailabilityZone": zone,
    "aws:index/getAvailabilityZones:getAvailabilityZones": zones,
    "aws:index/getDefaultTags:getDefaultTags": default_tags,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getRegions:getRegions": regions,
    "aws:index/getService:getService": service,
    "aws:sagemaker/getPrebuiltEcrImage:getPrebuiltEcrImage": prebuilt_image,
}
