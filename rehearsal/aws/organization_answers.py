"""Answers about the caller and the account: sessions, the organization, single sign-on, quotas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.call_arguments import arn_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer, digits


def session(call: Call) -> dict[str, Any]:
    """Returns the issuer of a session, which is the assumed role. Any other ARN is its own issuer."""
    arn = str(call.arguments.get("arn") or "")
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    role, _, name = rest.partition("/")
    if kind != "assumed-role":
        return {"id": arn, "issuerArn": arn, "issuerId": "", "issuerName": "", "sessionName": ""}
    issuer = f"arn:{arn.split(':')[1]}:iam::{arn.split(':')[4]}:role/{role}"
    issuer_id = f"AROA{digits(call, 17).upper()}"
    return {"id": arn, "issuerArn": issuer, "issuerId": issuer_id, "issuerName": role, "sessionName": name}


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
    "aws:iam/getSessionContext:getSessionContext": session,
    "aws:servicequotas/getServiceQuota:getServiceQuota": quota,
}
