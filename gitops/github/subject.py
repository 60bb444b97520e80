"""Who a job is to a cloud: the subject of its token, and the trust policy that lets just that subject in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gitops.errors import UserError


def trust_policy(subject: str, environment: str) -> str:
    """The condition of an AWS role's trust policy for one environment; Azure's credential takes the same subject."""
    issuer = "token.actions.githubusercontent.com"
    condition = {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": f"{subject}:environment:{environment}",
    }
    return json.dumps({"Condition": {"StringEquals": condition}}, indent=1)


def read_subject(repository: Mapping[str, Any], template: Mapping[str, Any]) -> str:
    """How `sub` begins. Repositories made, renamed or transferred since 2026-07-15 have ids in it:
    https://docs.github.com/en/actions/reference/openid-connect-reference. Raises `UserError` for a custom template."""
    if template.get("use_default") is False:
        keys = ", ".join(map(str, template.get("include_claim_keys") or ()))
        raise UserError(
            f"the repository has a subject of its own, of {keys}",
            where="actions/oidc/customization/sub",
            hint="Go back to GitHub's default, which names the environment, or write the trust policies by hand.",
        )
    if prefix := template.get("sub_claim_prefix"):
        return str(prefix).rstrip(":")
    owner, name = str(repository["full_name"]).split("/")
    if template.get("use_immutable_subject"):
        return f"repo:{owner}@{repository['owner']['id']}/{name}@{repository['id']}"
    return f"repo:{owner}/{name}"
