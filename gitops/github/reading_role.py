"""What the role of a real preview on a pull request may do, as an AWS policy: no more than that preview needs.

It runs code that nobody has merged, so whatever this role may read, that code may read and send anywhere. The preview
compares with the state and asks no cloud about its resources, so the role reads one environment's state, decrypts with
its key, and asks the look-ups that the programs make.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

SUFFIX = "-pull-request"
"""Ends the name of the GitHub Environment that a pull request's real preview runs in."""
BRANCH = "refs/pull/*/merge"
"""What such a run's ref is for the environment's branch rule, since 2025-12-08:
https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/"""
LOOKUP = re.compile(r"\baws\.(?:\w+\.)*(?P<name>get_\w+)\(")
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "get_availability_zones": ("ec2:DescribeAvailabilityZones",),
    "get_caller_identity": (),  # needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    "get_instance_type_offerings": ("ec2:DescribeInstanceTypeOfferings",),
    "get_partition": (),
    "get_region": (),
    "get_subnet": ("ec2:DescribeSubnets",),
    "get_subnets": ("ec2:DescribeSubnets",),
    "get_vpc": ("ec2:DescribeVpcs", "ec2:DescribeVpcAttribute"),
    "get_vpc_endpoint_service": ("ec2:DescribeVpcEndpointServices",),
}
"""The IAM actions of the look-ups that programs for endpoints make, by the SDK's name for them."""


def read_policy(environment: str, backend: str, keys: Iterable[str], lookups: Iterable[str]) -> dict[str, Any]:
    """The policy document of one environment's role.

    `backend` is PULUMI_BACKEND_URL, `keys` the stacks' secrets providers, `lookups` the names of `find_lookups`.
    """
    actions = sorted({action for name in lookups for action in ACTIONS.get(name, ())})
    asking = [{"Sid": "LookUps", "Effect": "Allow", "Action": actions, "Resource": "*"}] if actions else []
    return {
        "Version": "2012-10-17",
        "Statement": [*read_state(environment, backend), *decrypt(keys), *asking],
    }


def read_state(environment: str, backend: str) -> Iterator[dict[str, Any]]:
    """The state of this environment's stacks alone; nothing for a backend that is not in S3."""
    split = urlsplit(backend)
    if split.scheme != "s3":
        return
    bucket = f"arn:aws:s3:::{split.netloc}"
    folder = "/".join(filter(None, [bucket, split.path.strip("/"), ".pulumi"]))
    # `.json`, or packed `.json.gz`, and `.pulumi-tags` beside it; meta.yaml says how the folder is laid out
    files = [f"{folder}/meta.yaml", f"{folder}/stacks/*/{environment}.*"]
    yield {"Sid": "State", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": files}
    yield {"Sid": "StateNames", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [bucket]}


def decrypt(keys: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Decrypting with the keys that config and state are encrypted with; the program needs its secrets in plain."""
    names = sorted({urlsplit(key).netloc + urlsplit(key).path for key in keys if key.startswith("awskms://")})
    arns = [name.lstrip("/") for name in names if name.lstrip("/").startswith("arn:")]
    aliases = [name for name in names if name.startswith("alias/")]
    ids = [f"arn:aws:kms:*:*:key/{name}" for name in names if name not in aliases and name.lstrip("/") not in arns]
    if arns or ids:
        yield {"Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [*arns, *ids]}
    if aliases:
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
        yield {
            "Sid": "KeyByAlias",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": "*",
            "Condition": condition,
        }


def find_lookups(root: Path) -> frozenset[str]:
    """The names of the AWS look-ups in the checkout's stacks and in what they share."""
    files = (*root.glob("stacks/**/*.py"), *root.glob("shared/**/*.py"))
    return frozenset(match["name"] for file in files for match in LOOKUP.finditer(file.read_text(encoding="utf-8")))


def find_keys(root: Path, environment: str) -> frozenset[str]:
    """The secrets providers of an environment's stacks, as their config files name them."""
    files = root.glob(f"stacks/*/Pulumi.{environment}.yaml")
    settings = (yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files)
    return frozenset(str(config["secretsprovider"]) for config in settings if config.get("secretsprovider"))


def describe(environment: str, root: Path, backend: str) -> str:
    """The policy with what it lets a pull request's code read, and what it cannot know."""
    lookups = find_lookups(root)
    document = json.dumps(read_policy(environment, backend, find_keys(root, environment), lookups), indent=1)
    said = f"whoever's pull request is approved reads {environment}'s state, and every secret in it and in its config"
    unknown = ", ".join(sorted(lookups - ACTIONS.keys()))
    rest = [f"Add the actions of {unknown} by hand."] if unknown else []
    if backend and not backend.startswith("s3://"):
        rest.append(f"The state is in {backend.split('?')[0]}: let the identity read it there.")
    return " ".join([f"Policy of {environment}{SUFFIX} ({said}): {document}", *rest])
