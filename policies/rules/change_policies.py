"""Changes: what a policy allows, denies and asks for is not lost unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import lifecycle, security
from .change_guards import find_guarded
from .iam import POLICIES, ROLE, condition_keys, list_allowing
from .open_policies import POLICIES as OPEN_POLICIES

INLINE = {"aws:iam/rolePolicy:RolePolicy": "policy", "aws:iam/policy:Policy": "policy"}
DOCUMENTS = {**POLICIES, **OPEN_POLICIES, **INLINE, ROLE: "assumeRolePolicy"}
# type → the properties that name who may do it, and on what
PERMISSIONS = {
    "aws:iam/rolePolicy:RolePolicy": ("role",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role",),
    "aws:lambda/permission:Permission": ("function", "sourceArn"),
    "azure-native:authorization:RoleAssignment": ("principalId", "scope"),
}


@lifecycle.high(
    *PERMISSIONS,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    fix="Keep the permission, or remove it together with what used it.",
)
def change_keeps_permissions(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not take a permission away from an identity that stays.

    Nothing fails until the next start: a new instance cannot pull its image or read its model. It is advice, because
    a permission that nobody needs is better gone. (It is left out if a new one is for the same identity.)
    """
    holders = find_guarded(was, stack, *PERMISSIONS[was.type])
    stays = {holder.urn for holder in holders if holder}
    added = [candidate for candidate in stack.of(*PERMISSIONS) if stack.predecessor(candidate) is None]
    renewed = any(stays <= {urn for urns in candidate.links.values() for urn in urns} for candidate in added)
    if now is None and not was.retained and stays and all(holders) and not renewed:
        yield f"{was} is deleted, wanted it kept while what it is for stays"
    if now and was.type in INLINE and not renewed and (lost := _list_lost_actions(was, now)):
        yield f"{', '.join(lost)} was allowed and is not, wanted it kept while what uses it stays"


@security.high(
    *DOCUMENTS,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix="Keep the condition or the denial, or narrow the statement in another way.",
)
def change_keeps_the_conditions_of_policies(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change to a policy does not drop a condition, or a statement that denies.

    The statement still looks the same to who reads actions and resources, and it opens to callers that the condition
    kept out: another account's service, a request from outside the network, a connection without TLS.
    """
    path = DOCUMENTS[was.type]
    if not (was.known(path) and now.known(path) and now.has(path)):
        return
    after = now.document(path).children("Statement")
    for before in was.document(path).children("Statement"):
        alike = [statement for statement in after if _says(statement) == _says(before)]
        asked = [condition_keys(statement) for statement in alike]
        if before.text("Effect") == "Allow" and asked and (lost := condition_keys(before) - set.union(*asked)):
            yield f"a statement no longer asks for {', '.join(sorted(lost))}, wanted the condition kept"
        elif before.text("Effect") == "Deny" and not any(condition_keys(before) >= keys for keys in asked):
            yield f"a statement that denies {before.show('Action')} is gone, wanted it kept"


def _says(statement: Properties) -> tuple[object, ...]:
    """What a statement says without its conditions; one item and a list of it are the same."""
    listed = (statement.raw.get(key) for key in ("Action", "NotAction", "Resource", "NotResource"))
    plain = [sorted(map(str, value)) if isinstance(value, list) else [str(value)] for value in listed]
    return statement.text("Effect"), str(statement.raw.get("Principal")), str(plain)


def _list_lost_actions(was: Resource, now: Resource) -> list[str]:
    """The actions that a policy allowed and no longer allows, on whatever."""
    if not (was.known("policy") and now.known("policy") and now.has("policy")):
        return []
    after = _list_actions(now)
    return sorted(
        action
        for action in _list_actions(was)
        if not any(fnmatchcase(action.casefold(), kept.casefold()) for kept in after)
    )


def _list_actions(policy: Resource) -> set[str]:
    allowing = list_allowing(policy.document("policy"))
    return {str(action) for statement in allowing for action in statement.texts("Action")}
