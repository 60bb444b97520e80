"""Provider functions that need no cloud, mainly parsing and building of ARNs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.cloud import Call, CloudError
from rehearsal.provider.answers import Answer


def _parts(call: Call) -> list[str]:
    """The five parts of the call's ARN after `arn:`. Raises CloudError for a text that is not an ARN."""
    text = str(call.arguments.get("arn") or "")
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise CloudError(f"arn: found {text!r}, expected arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE")
    return parts[1:]


def parse(call: Call) -> dict[str, Any]:
    partition, service, region, account, resource = _parts(call)
    parts = {"partition": partition, "service": service, "region": region, "resource": resource}
    return {**parts, "id": call.arguments["arn"], "account": account, "accountId": account}


def build(call: Call) -> dict[str, Any]:
    parts = (call.arguments.get(name) or "" for name in ("partition", "service", "region", "accountId", "resource"))
    return {"result": ":".join(["arn", *map(str, parts)])}


def without_path(call: Call) -> dict[str, Any]:
    """Removes the path from a role's ARN (`role/path/name` → `role/name`), as some services require."""
    partition, service, region, account, resource = _parts(call)
    kind, _, path = resource.partition("/")
    return {"result": f"arn:{partition}:{service}:{region}:{account}:{kind}/{path.rpartition('/')[2]}"}


def user_agent(call: Call) -> dict[str, Any]:
    """Builds a user agent: https://www.rfc-editor.org/rfc/rfc9110#name-user-agent"""
    name, version, comment = (call.arguments.get(key) for key in ("productName", "productVersion", "comment"))
    product = f"{name}/{version}" if version else str(name)
    return {"result": f"{product} ({comment})" if comment else product}


FACTS: Mapping[str, Answer] = {
    "aws:index/arnBuild:arnBuild": build,
    "aws:index/arnParse:arnParse": parse,
    "aws:index/getArn:getArn": parse,
    "aws:index/trimIamRolePath:trimIamRolePath": without_path,
    "aws:index/userAgent:userAgent": user_agent,
}
