"""API Management: what policies and backends name must be there before them."""

from __future__ import annotations

import json
import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

NAMED_VALUE = "azure-native:apimanagement:NamedValue"
_USERS = tuple(
    f"azure-native:apimanagement:{name}"
    for name in ("Backend", "Policy", "ApiPolicy", "ApiOperationPolicy", "ProductPolicy", "PolicyFragment", "Logger")
)


@rule(*_USERS, source="https://github.com/Azure/apiops/issues/491")
def named_values_come_first(it: Resource, program: Program) -> Found:
    used = set(re.findall(r"\{\{([\w.-]+)\}\}", json.dumps(it.inputs, default=str)))
    for value in program.of(NAMED_VALUE):
        name = value.text("displayName")
        if name in used and value.new and not program.waits_for(it, value):
            path = "credentials" if it.get("credentials") is not None else "value"
            message = f"ValidationError: Property '{name}' not found: nothing says that {value.name!r} is made first"
            yield path, f"{message} (depends_on)"
