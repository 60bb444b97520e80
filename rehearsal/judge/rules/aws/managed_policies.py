"""AWS managed policies: refuses an ARN with the wrong path, according to the list of policies in pulumi-aws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rehearsal.judge.program import Resource
from rehearsal.judge.refusal import Found, rule

_PATHS = {
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
}
_OF_AWS = re.compile(r"arn:aws[\w-]*:iam::aws:policy/([\w+=,.@/-]+)")


@rule(*_PATHS, source="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html")
def policy_of_aws_is_where_it_is(it: Resource) -> Found:
    path = _PATHS[it.type]
    value = it.get(path)
    for arn in value if isinstance(value, list) else [value]:
        match = _OF_AWS.fullmatch(arn) if isinstance(arn, str) else None
        known = _known().get(_name(match[1]), ()) if match else ()
        if match and known and match[1] not in known:
            message = f"NoSuchEntity: Policy {arn} does not exist or is not attachable"
            yield path, f"{message}, expected {' or '.join(f'policy/{name}' for name in sorted(known))}"


@cache
def _known() -> Mapping[str, set[str]]:
    """Maps each policy's name in lower case to its names with paths.

    The SDK's file is read as text, because importing the SDK takes seconds.
    """
    spec = find_spec("pulumi_aws")
    file = Path(spec.origin).parent / "iam" / "_enums.py" if spec and spec.origin else None
    found: dict[str, set[str]] = {}
    for full in _OF_AWS.findall(file.read_text(encoding="utf-8")) if file and file.is_file() else ():
        found.setdefault(_name(full), set()).add(full)
    return found


def _name(full: str) -> str:
    return full.rpartition("/")[2].lower()
