"""IAM: policy documents, sizes and counts, and roles that a service must be able to assume."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ATTACHMENT, INLINE, MANAGED, ROLE
from rehearsal.judge.rules.aws.policies import lets_service, principals, statements, wrong_principals
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_ELEMENTS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"
_MALFORMED = "MalformedPolicyDocument"
_GITHUB = "token.actions.githubusercontent.com"

_USES = read_table(Path(__file__).with_name("roles.toml"))
_OWN_ACCOUNT = read_table(Path(__file__).parents[3] / "aws" / "account.toml")["image_owners"]["self"]


@rule(*_USES, source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html")
def role_trusts_its_service(it: Resource, program: Program) -> Found:
    for path, use in _USES[it.type].items():
        role = program.refer(it, path, ROLE)
        if role and lets_service(role.get("assumeRolePolicy"), use["service"]) is False:
            yield path, f"{use['message']} (the role is {role.name!r})"


def _documents(it: Resource) -> Iterator[tuple[str, object]]:
    for path in ("policy", "assumeRolePolicy"):
        if it.get(path) is not None:
            yield path, it.get(path)
    for path, policy in it.blocks("inlinePolicies"):
        if policy.get("policy"):
            yield f"{path}.policy", policy.get("policy")


_WITH_DOCUMENTS = (ROLE, INLINE, MANAGED, "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy")
_TRUST = "aws-trust-policy-length"
_LONGEST = {
    MANAGED: "Cannot exceed quota for PolicySize: 6144",
    INLINE: "Maximum policy size of 10240 bytes exceeded for role",
    "aws:iam/userPolicy:UserPolicy": "Maximum policy size of 2048 bytes exceeded for user",
    "aws:iam/groupPolicy:GroupPolicy": "Maximum policy size of 5120 bytes exceeded for group",
}
"""IAM's message about a document that is longer than the limit in it."""


@rule(*_WITH_DOCUMENTS, source=_ELEMENTS)
def document_is_well_formed(it: Resource) -> Found:
    for path, document in _documents(it):
        listed_statements = statements(document)
        if isinstance(document, str) and listed_statements is None:
            yield path, f"{_MALFORMED}: Syntax errors in policy: it is no JSON object"
            continue
        if isinstance(document, str):
            yield from ((path, wrong) for wrong in _list_wrong_text(path, document))
        if listed_statements == []:
            yield path, f"{_MALFORMED}: Syntax errors in policy: it has no statement"
        names = [str(statement["Sid"]) for statement in listed_statements or () if statement.get("Sid")]
        for name in list_repeated(names):
            yield path, f"{_MALFORMED}: Statement IDs (SID) in a single policy must be unique: {name!r}"
        for statement in listed_statements or ():
            own = _wrong_trust(statement) if path == "assumeRolePolicy" else _wrong_permission(statement)
            yield from ((path, f"{_MALFORMED}: {wrong}") for wrong in (*own, *_wrong_statement(statement)))


def _wrong_permission(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yields the cloud's messages about a statement that does not belong in a policy of a role, a user or a group."""
    if "Principal" in statement:
        yield "Policy document should not specify a principal."
    if "Resource" not in statement and "NotResource" not in statement:
        yield "Policy statement must contain resources."
    for resource in _texts(statement.get("Resource")):
        if resource != "*" and not resource.startswith(("arn:", "*", "$")):
            yield f'Resource {resource} must be in ARN format or "*".'


def _wrong_statement(statement: Mapping[str, Any]) -> Iterator[str]:
    """Yields the cloud's messages about a statement of any policy."""
    if "Action" not in statement and "NotAction" not in statement:
        yield "Policy statement must contain actions."
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Syntax errors in policy: Effect must be Allow or Deny"
    if isinstance(statement.get("Sid"), str) and not re.fullmatch(r"[A-Za-z0-9]*", statement["Sid"]):
        yield f"Statement IDs (SID) must be alpha-numeric: {statement['Sid']!r}"
    for action in _texts(statement.get("Action")):
        if action != "*" and not re.match(r"[A-Za-z0-9-]+:", action):
            yield f"Actions/Conditions must be prefaced by a vendor: {action!r}"
        elif action.count(":") > 1:
            yield f"Actions/Condition can contain only one colon: {action!r}"
    for resource in _texts(statement.get("Resource")):
        if re.fullmatch(r"arn(:[^:*?$]*){1,4}(/[^:]*)?", resource):
            yield f"The policy failed legacy parsing: {resource} has fewer than six parts"
        if re.match(r"arn:[^:*]+:iam:[a-z]", resource):
            yield f"IAM resources cannot contain region information in arn: {resource}"


def _list_wrong_text(path: str, document: str) -> Iterator[str]:
    """Yields what the provider refuses in the text of a policy (`ValidIAMPolicyJSON` in its internal/verify)."""
    if document[:1].isspace():
        yield f'"{path}" contains an invalid JSON policy: leading space characters are not allowed'
    repeated: list[str] = []
    json.loads(document, object_pairs_hook=lambda pairs: repeated.extend(list_repeated(key for key, _ in pairs)))
    for key in repeated:
        yield f'"{path}" contains duplicate JSON keys: duplicate key "{key}"'


def _wrong_trust(one: Mapping[str, Any]) -> Iterator[str]:
    """Yields the cloud's messages about a statement that does not belong in a trust policy."""
    yield from wrong_principals(one)
    if "Resource" in one or "NotResource" in one:
        yield "Has prohibited field Resource"
    if any(":" in action and not action.lower().startswith("sts:") for action in _texts(one.get("Action"))):
        yield "AssumeRole policy may only specify STS AssumeRole actions."
    principal = one.get("Principal")
    if "NotPrincipal" not in one and (
        not principal or (isinstance(principal, Mapping) and not any(principal.values()))
    ):
        yield "Invalid principal in policy: The passed in policy has a statement with no principals!"
    for kind in principal if isinstance(principal, Mapping) else ():
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            yield f"Invalid principal in policy: {kind!r}, expected AWS, Service or Federated"
    for service in principals(one, "Service"):
        if service != "*" and ("." not in service or re.fullmatch(r"(?!alexa).+\.amazon\.com", service)):
            yield f'Invalid principal in policy: "SERVICE":"{service}"'
    for provider in principals(one, "Federated"):
        if "://" in provider:
            yield f"Federated principals must be valid domain names or SAML metadata ARNs, found {provider}"
        # https://github.com/unfunco/terraform-aws-oidc-github/issues/57
        if provider.endswith(f"oidc-provider/{_GITHUB}") and one.get("Effect") == "Allow":
            if (
                not re.search(rf"(?i){re.escape(_GITHUB)}:(?!aud\b)", str(one.get("Condition")))
                and UNKNOWN not in one.values()
            ):
                message = (
                    f"Trust policy with trusted principal {provider} must evaluate, using StringEquals, StringLike or"
                )
                yield f"{message} StringEqualsIgnoreCase, {_GITHUB}:sub which is not scoped to all."


@rule(ROLE, source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html")
def role_does_not_trust_itself_at_first(it: Resource) -> Found:
    """Its ARN names nobody before it exists, so only a later update can trust it."""
    path, name = it.get("path", "/"), it.text("name")
    for statement in statements(it.get("assumeRolePolicy")) or () if name and it.new and path is not UNKNOWN else ():
        for principal in principals(statement, "AWS"):
            if re.fullmatch(rf"arn:aws[\w-]*:iam::{_OWN_ACCOUNT}:role{re.escape(f'{path}{name}')}", principal):
                message = f'{_MALFORMED}: Invalid principal in policy: "AWS":"{principal}"'
                yield "assumeRolePolicy", f"{message}, the role itself"


_RESOURCE_POLICIES = (
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
)


@rule(*_RESOURCE_POLICIES, source=_ELEMENTS.replace(".html", "_principal.html"))
def principals_are_whole(it: Resource) -> Found:
    for statement in statements(it.get("policy")) or ():
        yield from (("policy", f"MalformedPolicy: {wrong}") for wrong in wrong_principals(statement))
        if statement.get("Effect") not in ("Allow", "Deny", UNKNOWN):
            yield (
                "policy",
                f"MalformedPolicy: the effect of a statement is Allow or Deny, not {statement.get('Effect')!r}",
            )


def _texts(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [item for item in several if isinstance(item, str)]


@rule(ROLE, MANAGED, "aws:iam/user:User", source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html")
def tags_differ_by_more_than_case(it: Resource) -> Found:
    tags = it.get("tags")
    for key in list_repeated(str(tag).lower() for tag in tags) if isinstance(tags, Mapping) else ():
        message = "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."
        yield "tags", f"{message}: {key!r}"


@rule(*_WITH_DOCUMENTS, source=_QUOTAS)
def document_is_not_too_long(it: Resource) -> Found:
    for path, document in _documents(it):
        trust = path == "assumeRolePolicy"
        message = f"Cannot exceed quota for ACLSizePerRole: {quota(_TRUST)}" if trust else _LONGEST.get(it.type, "")
        longest, length = re.search(r"\d+", message), _length(document)
        if longest and length > int(longest[0]):
            yield (
                path,
                f"LimitExceeded: {message}, found {length} characters {advise(_TRUST) if trust else ''}".rstrip(),
            )


def _length(document: object) -> int:
    """The length of a document in characters as IAM counts them, without white space."""
    return len(re.sub(r"\s", "", document)) if isinstance(document, str) else 0


@rule(ROLE, source=_QUOTAS)
def inline_policies_of_a_role(it: Resource, program: Program) -> Found:
    inline = list(program.referring(it, "role", INLINE))
    length = sum(_length(policy.get("policy")) for policy in inline)
    if len(inline) > 1 and length > 10240:
        message = f"LimitExceeded: {_LONGEST[INLINE]}: found {length} characters in"
        yield "name", f"{message} {', '.join(repr(policy.name) for policy in inline)}"


@rule(ROLE, source=_QUOTAS)
def policies_of_a_role(it: Resource, program: Program) -> Found:
    attached = list(program.referring(it, "role", ATTACHMENT))
    count = len(attached) + len(it.list("managedPolicyArns"))
    most = quota("aws-policies-per-role")
    if count > most:
        where = "managedPolicyArns" if it.list("managedPolicyArns") else "name"
        message = f"LimitExceeded: Cannot exceed quota for PoliciesPerRole: {most}, found {count} attached policies"
        yield where, f"{message} {advise('aws-policies-per-role')}"
