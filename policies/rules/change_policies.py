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
    if now and was.type in INLINE and not renewed and (lost := _list_lost_grants(was, now)):
        yield f"{lost[0]} was allowed and is not, wanted it kept while what uses it stays"


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


@security.high(
    *INLINE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    fix="Add the action or the resource that is needed, not a pattern in place of what was named.",
)
def change_widens_no_grant(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change does not put a pattern in place of an action or a resource that a policy named.

    A star is the quickest way past an error message, and it stays. Whoever takes over the workload may then do all
    that the pattern covers, and the policy says no more what the workload does.
    """
    if not (was.known("policy") and now.known("policy") and now.has("policy")):
        return
    before = {text for grant in _list_grants(was) for text in grant}
    for text in sorted({text for grant in _list_grants(now) for text in grant} - before):
        if "*" in text and (covered := [named for named in sorted(before) if fnmatchcase(named, text)]):
            yield f"{text} is in place of {covered[0]}, wanted it named"


def _says(statement: Properties) -> tuple[object, ...]:
    """What a statement says without its conditions; one item and a list of it are the same."""
    listed = (statement.raw.get(key) for key in ("Action", "NotAction", "Resource", "NotResource"))
    plain = [sorted(map(str, value)) if isinstance(value, list) else [str(value)] for value in listed]
    return statement.text("Effect"), str(statement.raw.get("Principal")), str(plain)


def _list_lost_grants(was: Resource, now: Resource) -> list[str]:
    """What a policy allowed and no longer allows. To allow part of it still is to narrow the policy, not to lose it."""
    if not (was.known("policy") and now.known("policy") and now.has("policy")):
        return []
    after = _list_grants(now)
    return sorted(
        action if resource == "*" else f"{action} on {resource}"
        for action, resource in _list_grants(was)
        if not any(_overlap(action.casefold(), other.casefold()) and _overlap(resource, on) for other, on in after)
    )


def _list_grants(policy: Resource) -> set[tuple[str, str]]:
    """Each action that a policy allows with each resource that it allows it on."""
    return {
        (str(action), str(resource))
        for statement in list_allowing(policy.document("policy"))
        for action in statement.texts("Action")
        for resource in statement.texts("Resource")
    }


def _overlap(one: str, other: str) -> bool:
    """Whether one of two patterns covers the other."""
    return fnmatchcase(one, other) or fnmatchcase(other, one)
