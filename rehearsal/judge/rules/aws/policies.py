"""Reads IAM policy documents: principals and the actions that they may perform. An unknown document proves nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any


def statements(document: Any) -> list[Mapping[str, Any]] | None:
    """Returns the statements of a document (an object or JSON text); None if it cannot be read."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    if not isinstance(document, Mapping):
        return None
    statement = document.get("Statement", [])
    several = statement if isinstance(statement, list) else [statement]
    return [item for item in several if isinstance(item, Mapping)]


def words(value: Any) -> list[str]:
    """Returns the texts in a value that is a text or a list of texts."""
    several = value if isinstance(value, list) else [value]
    return [item for item in several if isinstance(item, str)]


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    """Returns the statement's principals of a kind (`Service`, `AWS`). `*` means everybody, for every kind."""
    principal = statement.get("Principal")
    if isinstance(principal, str):
        return [principal]
    return words(principal.get(kind)) if isinstance(principal, Mapping) else []


_NOBODY = re.compile(r"arn:aws[\w-]*:iam::\d{12}:((user|role)/.*[*?].*|group/.*|\*)")


def wrong_principals(statement: Mapping[str, Any]) -> list[str]:
    """The messages about principals that no policy can name: a part of a name with a wildcard, and a group."""
    named = [principal for principal in principals(statement, "AWS") if _NOBODY.fullmatch(principal)]
    return [f'Invalid principal in policy: "AWS":"{principal}"' for principal in named]


def allows(statement: Mapping[str, Any], action: str) -> bool:
    """Whether the statement allows an action on any resource; a `NotAction` is assumed to allow it."""
    if statement.get("Effect") != "Allow":
        return False
    if "NotAction" in statement:
        return True
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in words(statement.get("Action")))


def lets_service(document: Any, service: str, action: str = "sts:AssumeRole") -> bool | None:
    """Whether the document allows a service an action; None if the document cannot be read.

    A regional principal (`states.us-east-1.amazonaws.com`) counts as the service.
    """
    listed_statements = statements(document)
    if listed_statements is None:
        return None
    name, _, domain = service.partition(".")

    def is_the_service(principal: str) -> bool:
        return principal in ("*", service) or (principal.startswith(f"{name}.") and principal.endswith(domain))

    return any(
        allows(statement, action) and any(map(is_the_service, principals(statement, "Service")))
        for statement in listed_statements
    )


def public_statements(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yields the statements that allow everybody something without a condition."""
    for statement in statements(document) or ():
        if (
            statement.get("Effect") == "Allow"
            and not statement.get("Condition")
            and "*" in principals(statement, "AWS")
        ):
            yield statement
