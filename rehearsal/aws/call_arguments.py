"""What lookups of AWS share: the name that is looked for, an ARN in the account, a UUID."""

from __future__ import annotations

from rehearsal.aws import account
from rehearsal.cloud import Call
from rehearsal.provider.answers import digits
from rehearsal.provider.placeholder import uuid


def arn_of(call: Call, service: str, resource: str, *, everywhere: bool = False) -> str:
    region = "" if everywhere else call.scope
    return f"arn:{account.partition(call.scope)}:{service}:{region}:{account.ACCOUNT}:{resource}"


def name_of(call: Call, *names: str) -> str:
    """The name in one of these arguments, or the last part of an ARN, or else a name that describes the resource."""
    for name in (*names, "name", "arn", "id"):
        if isinstance(value := call.arguments.get(name), str) and value:
            return value.rpartition("/")[2].rpartition(":")[2] if value.startswith("arn:") else value
    return "rehearsal"


def uuid_of(call: Call) -> str:
    """A UUID derived from the call, the same in every rehearsal."""
    return uuid(lambda count, purpose: digits(call, count, purpose), "")
