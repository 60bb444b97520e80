"""`aws.iam.getPolicyDocument`: renders statements as JSON, exactly as the Terraform provider behind Pulumi does.

The rules come from its data source `aws_iam_policy_document`. A single value is not written as a list. Several values
are sorted in descending order. `&{…}` means `${…}`. The statements of source documents come first, and a statement with
the same Sid replaces them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.cloud import Call, CloudError


def policy_document(call: Call) -> dict[str, Any]:
    """Returns `json` (indented), `minifiedJson` and `id`. Raises CloudError for a source that is not JSON."""
    given = call.arguments
    document: dict[str, Any] = {"Version": given.get("version") or "2012-10-17"}
    if given.get("policyId"):
        document["Id"] = given["policyId"]
    own = [_statement(statement) for statement in given.get("statements") or ()]
    sources = [*_as_list(given.get("sourceJson")), *(given.get("sourcePolicyDocuments") or ())]
    overrides = [*_as_list(given.get("overrideJson")), *(given.get("overridePolicyDocuments") or ())]
    statements: list[dict[str, Any]] = []
    for source in sources:
        statements = _merge(statements, _read(source, "sourcePolicyDocuments"))
    statements = _merge(statements, own)
    for override in overrides:
        statements = _merge(statements, _read(override, "overridePolicyDocuments"))
    document["Statement"] = statements
    text = _escape_for_go(json.dumps(document, indent=2, ensure_ascii=False))
    minified = _escape_for_go(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
    return {"json": text, "minifiedJson": minified, "id": str(zlib.crc32(text.encode()))}


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    rendered: dict[str, Any] = {}
    if given.get("sid"):
        rendered["Sid"] = given["sid"]
    rendered["Effect"] = given.get("effect") or "Allow"
    for key, name in (("Action", "actions"), ("NotAction", "notActions")):
        if given.get(name):
            rendered[key] = _few(given[name])
    for key, name in (("Resource", "resources"), ("NotResource", "notResources")):
        if given.get(name):
            rendered[key] = _few(_variables(value) for value in given[name])
    for key, name in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if given.get(name):
            rendered[key] = _principals(given[name])
    if given.get("conditions"):
        rendered["Condition"] = _conditions(given["conditions"])
    return rendered


def _principals(given: Iterable[Mapping[str, Any]]) -> Any:
    identifiers_of: dict[str, list[str]] = {}
    for principal in given:
        identifiers_of.setdefault(principal["type"], []).extend(
            _variables(identifier) for identifier in principal["identifiers"]
        )
    if identifiers_of == {"*": ["*"]}:
        return "*"
    return {kind: _few(dict.fromkeys(identifiers)) for kind, identifiers in identifiers_of.items()}


def _conditions(given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    values_of: dict[str, dict[str, list[str]]] = {}
    for condition in given:
        values = values_of.setdefault(condition["test"], {}).setdefault(condition["variable"], [])
        values.extend(_variables(value) for value in condition["values"])
    return {
        test: {name: _few(values) for name, values in sorted(tests.items())}
        for test, tests in sorted(values_of.items())
    }


def _few(values: Iterable[str]) -> Any:
    several = list(values)
    return several[0] if len(several) == 1 else sorted(several, reverse=True)


def _variables(text: str) -> str:
    return text.replace("&{", "${")


def _as_list(text: Any) -> list[str]:
    return [text] if isinstance(text, str) and text else []


def _read(text: str, argument: str) -> list[dict[str, Any]]:
    try:
        statements = json.loads(text).get("Statement", [])
    except (ValueError, AttributeError):
        raise CloudError(f"{argument}: found text that is no JSON policy, expected a policy document") from None
    return statements if isinstance(statements, list) else [statements]


def _merge(base: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Appends the statements of `over` to `base`. A statement replaces the one with the same Sid in place."""
    merged = list(base)
    for statement in over:
        position = next((i for i, s in enumerate(merged) if s.get("Sid") and s["Sid"] == statement.get("Sid")), None)
        if position is None:
            merged.append(statement)
        else:
            merged[position] = statement
    return merged


def _escape_for_go(text: str) -> str:
    """Escapes the three characters that Go's JSON encoder escapes."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
