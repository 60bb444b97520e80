"""Values that AWS lookups share: the requested name, an ARN in the account, a UUID."""

from __future__ import annotations

from rehearsal.aws import account
from rehearsal.cloud import Call
from rehearsal.provider.answers import digits
from rehearsal.provider.placeholder import uuid


def arn_of(call: Call, service: str, resource: str, *, everywhere: bool = False) -> str:
    region = "" if everywhere else call.scope
    return f"arn:{account.partition(call.scope)}:{service}:{region}:{account.ACCOUNT}:{resource}"


def name_of(call: Call, *names: str) -> str:
    """Returns the name in one of these arguments, else the last part of an ARN, else a descriptive name."""
    for name in (*names, "name", "arn", "id"):
        if isinstance(value := call.arguments.get(name), str) and value:
            return value.rpartition("/")[2].rpartition(":")[2] if value.startswith("arn:") else value
    return "rehearsal"


def uuid_of(call: Call) -> str:
    """Returns a UUID derived from the call, the same in every rehearsal."""
    return uuid(lambda count, purpose: digits(call, count, purpose), "")
