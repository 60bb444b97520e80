"""Roles and their policies: what a serving workload may do, and who may assume its role."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource
from ..rule import hygiene, security

INLINE = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy")
ATTACHMENTS = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/policyAttachment:PolicyAttachment")
ROLE = "aws:iam/role:Role"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html"
# whose policy says who may use it, and where it stands
POLICIES = {
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:kms/key:Key": "policy",
}
# a condition that every caller can fulfil
ANYBODYS = {"aws:securetransport"}
GITHUB = "token.actions.githubusercontent.com"
ANY_REPOSITORY = {"*", "repo:*", "repo:*/*", "repo:*/*:*"}
# service principals that act for many customers and offer aws:SourceAccount to tell them apart
CONFUSED = ("sagemaker.", "ecs-tasks.", "vpc-flow-logs.", "scheduler.")


def list_allowing(document: Properties) -> list[Properties]:
    return [s for s in document.children("Statement") if s.text("Effect") == "Allow"]


def principals_of(statement: Properties, kind: str) -> list[str]:
    everybody = statement.show("Principal") == '"*"'
    return ["*"] if everybody else statement.texts(f"Principal.{kind}")


@security.critical(
    *INLINE,
    reference=f"{HUB}#iam-21",
    fix="Name the actions the workload calls and the resources it calls them on.",
)
def iam_policy_is_not_a_wildcard(policy: Resource) -> Iterator[str]:
    """A policy does not allow everything, or everything of a service, on all resources.

    A serving role only has to read one model and write to one log group. With a wildcard, a flaw in the server
    opens the account.
    """
    for statement in list_allowing(policy.document("policy")):
        broad = [a for a in statement.texts("Action") if a == "*" or a.endswith(":*")]
        if broad and "*" in statement.texts("Resource"):
            yield f'{", ".join(broad)} is allowed on "*", wanted named actions on named resources'


@security.high(
    *ATTACHMENTS,
    reference=f"{HUB}#iam-1",
    fix="Attach a policy with the actions the workload calls.",
)
def iam_role_has_no_broad_managed_policy(attachment: Resource) -> Iterator[str]:
    """A role has no managed policy for administrators or full access.

    AmazonSageMakerFullAccess alone allows reading every bucket with "sagemaker" in its name and creating roles.
    """
    name = (attachment.text("policyArn") or "").rpartition("/")[2]
    if name.endswith("FullAccess") or name in ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess"):
        yield f'policyArn ends in "{name}", wanted a policy with named actions'


@security.medium(
    ROLE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn to the trust policy.",
)
def iam_role_trusts_only_its_own_account(role: Resource) -> Iterator[str]:
    """A role that a service assumes names the account that the service may act for.

    Without the condition, another customer may get the service to use the role on their behalf.
    """
    for statement in list_allowing(role.document("assumeRolePolicy")):
        services = [s for s in principals_of(statement, "Service") if s.startswith(CONFUSED)]
        if services and not condition_keys(statement) & {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}:
            yield f"{', '.join(services)} may assume the role without a condition, wanted one on aws:SourceAccount"


@security.critical(
    ROLE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix="Name the service or role that may assume it, for GitHub the repository in a condition on sub.",
)
def iam_role_is_not_open_to_everybody(role: Resource) -> Iterator[str]:
    """A role cannot be assumed by everybody.

    A star as principal without a condition gives the role to every AWS account. A role for GitHub's workflows that
    asks for the audience alone, or for any repository, is every repository's (docs.github.com/en/actions/how-tos/
    secure-your-work/security-harden-deployments/oidc-in-aws).
    """
    for statement in list_allowing(role.document("assumeRolePolicy")):
        if "*" in principals_of(statement, "AWS") and not statement.has("Condition"):
            yield 'Principal is "*" without a condition, wanted a named service or role'
        github = any(provider.endswith(GITHUB) for provider in principals_of(statement, "Federated"))
        if github and not _list_claims(statement) - ANY_REPOSITORY:
            yield "any repository of GitHub may assume the role, wanted a condition on its sub"


def _list_claims(statement: Properties) -> set[str]:
    """What the claims of a token but its audience are compared with."""
    compared = [statement.child(f"Condition.{operator}").raw.items() for operator in statement.keys("Condition")]
    values = [value for claims in compared for key, value in claims if not key.endswith(":aud")]
    return {text for value in values for text in ([value] if isinstance(value, str) else value)}


@security.critical(
    *POLICIES,
    reference="https://docs.aws.amazon.com/config/latest/developerguide/sqs-queue-no-public-access.html",
    fix="Name the accounts, roles or services in Principal, or add a condition on aws:PrincipalOrgID.",
)
def resource_policy_is_not_public(resource: Resource) -> Iterator[str]:
    """The policy of a queue, a topic, a registry, a secret or a key does not open it to every account.

    A star as principal without a condition lets anybody with an AWS account send requests to the queue, pull the
    model's image or use the key. (A condition on TLS alone keeps nobody out.)
    """
    for statement in list_allowing(resource.document(POLICIES[resource.type])):
        if "*" in principals_of(statement, "AWS") and not condition_keys(statement) - ANYBODYS:
            yield 'Principal is "*" without a condition on the caller, wanted named accounts, roles or services'


def condition_keys(statement: Properties) -> set[str]:
    return {
        key.casefold() for operator in statement.keys("Condition") for key in statement.keys(f"Condition.{operator}")
    }


@hygiene.low(
    ROLE,
    reference="https://www.pulumi.com/registry/packages/aws/api-docs/iam/role/",
    fix="Use RolePolicy and RolePolicyAttachment resources.",
)
def iam_role_has_no_inline_policies(role: Resource) -> Iterator[str]:
    """A role's policies are resources of their own.

    Policies inside the role are deprecated in the provider, and an update of one removes the policies that others
    attached.
    """
    for name in ("inlinePolicies", "managedPolicyArns"):
        if role.count(name):
            yield f"{name} has {role.count(name)}, wanted RolePolicy or RolePolicyAttachment resources"
