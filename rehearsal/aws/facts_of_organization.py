"""Invocations of AWS about who asks and whose account it is: sessions, the organization, sign-on, quotas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws.call_arguments import arn_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer, digits


def session(call: Call) -> dict[str, Any]:
    """Who assumed a role; an ARN that is no session's is its own issuer."""
    arn = str(call.arguments.get("arn") or "")
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    role, _, name = rest.partition("/")
    if kind != "assumed-role":
        return {"id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    issuer = f"arn:{arn.split(':')[1]}:iam::{arn.split(':')[4]}:role/{role}"
    issuer_id = f"AROA{digits(call, 17).upper()}"
    return {"id": arn, "issuerArn": issuer, "issuerId": issuer_id, "issuerName": role, "sessionName": name}


def sign_on_instances(call: Call) -> dict[str, Any]:
    arn = f"arn:{account.partition(call.scope)}:sso:::instance/ssoins-{digits(call, 16)}"
    return {"id": call.scope, "arns": [arn], "identityStoreIds": [f"d-{digits(call, 10)}"]}


def organization(call: Call) -> dict[str, Any]:
    """The organization that the account manages, with itself as its only member."""
    found = f"o-{digits(call, 10)}"
    stem = f"arn:{account.partition(call.scope)}:organizations::{account.ACCOUNT}"
    member = {
        "arn": f"{stem}:account/{found}/{account.ACCOUNT}",
        "email": "rehearsal@example.com",
        "id": account.ACCOUNT,
        "name": "rehearsal",
        "state": "ACTIVE",
        "status": "ACTIVE",
    }
    root = f"r-{digits(call, 4, 'root')}"
    return {
        "id": found,
        "arn": f"{stem}:organization/{found}",
        "featureSet": "ALL",
        "masterAccountArn": member["arn"],
        "masterAccountEmail": member["email"],
        "masterAccountId": account.ACCOUNT,
        "masterAccountName": member["name"],
        "accounts": [member],
        "roots": [{"arn": f"{stem}:root/{found}/{root}", "id": root, "name": "Root", "policyTypes": []}],
    }


def quota(call: Call) -> dict[str, Any]:
    code = call.arguments.get("quotaCode") or f"L-{digits(call, 8).upper()}"
    service = call.arguments.get("serviceCode")
    return {
        "id": code,
        "arn": arn_of(call, "servicequotas", f"{service}/{code}"),
        "quotaCode": code,
        "quotaName": call.arguments.get("quotaName") or code,
        "serviceName": service,
        "adjustable": True,
        "defaultValue": 100,
        "value": 100,
    }


FACTS: Mapping[str, Answer] = {
    "aws:iam/getAccountAlias:getAccountAlias": lambda call: {"id": "rehearsal", "accountAlias": "rehearsal"},
    "aws:iam/getSessionContext:getSessionContext": session,
    "aws:organizations/getOrganization:getOrganization": organization,
    "aws:servicequotas/getServiceQuota:getServiceQuota": quota,
    "aws:ssoadmin/getInstances:getInstances": sign_on_instances,
}
