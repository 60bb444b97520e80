"""Policy documents as values: who may do what to what, under which condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
Conditions = Mapping[str, Mapping[str, Any]]


Arn = str | pulumi.Output[str]


def allow(*actions: str, on: Arn | Sequence[Arn], when: Conditions | None = None) -> Statement:
    """A statement of an identity policy."""
    resources = [on] if isinstance(on, (str, pulumi.Output)) else list(on)
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
    return {**statement, "Condition": when} if when else statement


def allow_service(service: str, *actions: str, on: Arn = "*", when: Conditions | None = None) -> Statement:
    """A statement of a resource policy; in a key's policy `*` means the key itself."""
    return {**allow(*actions, on=on, when=when), "Principal": {"Service": service}}


def document(*statements: Statement) -> pulumi.Output[str]:
    """The statements as a policy's JSON text."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str, account: str) -> pulumi.Output[str]:
    """A trust policy for one service, acting for this account only, so that no other account's request can use the
    role."""
    return document({**_allow_service(service), "Condition": {"StringEquals": {"aws:SourceAccount": account}}})


def trust_unconditionally(service: str) -> pulumi.Output[str]:
    """A trust policy for a service that does not say for which account it assumes a role, so a condition would fail.

    Lambda and API Gateway (https://github.com/prowler-cloud/prowler/issues/2810); their own examples have none.
    """
    return document(_allow_service(service))


def _allow_service(service: str) -> Statement:
    return {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"Service": service}}
