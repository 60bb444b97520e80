"""Federation: which jobs, pods and callers of somebody else's issuer get an identity of this account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..grants import allows, list_statements
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, security
from .iam import ANY_REPOSITORY, GITHUB, ROLE, list_allowing, principals_of

IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
POOL = "aws:cognito/identityPool:IdentityPool"
POOL_ROLES = "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment"
GUEST = re.compile(r'cognito-identity\.amazonaws\.com:amr"\s*:\s*\[?\s*"unauthenticated"')
# what guests are left with of their role, and what they have beside it where the classic flow is allowed
SCOPED = ("sagemaker:InvokeEndpoint",)
CLASSIC = (
    *("sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"),
    *("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
    *("lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "execute-api:Invoke"),
)
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
# an issuer that many tenants share → the claims of which one has to be asked for, and how a subject begins
SHARED = {
    GITHUB: (
        *("sub", "repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise_id"),
        *("job_workflow_ref", "actor", "actor_id"),
    ),
    "gitlab.com": ("sub",),
    "app.terraform.io": ("sub",),
    "cognito-identity.amazonaws.com": ("aud", "sub"),
}
# the issuer of one cluster: whoever runs a pod there has a token of it
CLUSTER = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/\w+$")
OWNER = re.compile(r"(repo|project_path|organization):[^*?/:]+[/:]")  # whose it is, before the first wildcard
ELSEWHERE = re.compile(r"repository|job_workflow_ref|enterprise|actor")  # a template of one's own names it later


@security.critical(
    ROLE,
    reference=f"{IAM}/id_roles_providers_oidc_secure-by-default.html",
    fix="Add a condition on the issuer's sub claim that names the repository, project, workspace or service account.",
)
def iam_role_names_whom_its_issuer_vouches_for(role: Resource) -> Iterator[str]:
    """A role that trusts an issuer of tokens says whose tokens it accepts.

    GitHub, GitLab and HCP Terraform sign tokens for everybody who has an account there. Without a condition on the
    subject, a job in a stranger's repository can assume the role; the audience is the same for all. IAM refuses such a
    role when it is made or changed, and leaves those that are there. (iam-role-is-not-open-to-everybody finds a role
    for any repository of GitHub.)
    """
    for statement in list_allowing(role.document("assumeRolePolicy")):
        for principal in principals_of(statement, "Federated"):
            issuer = principal.rpartition("oidc-provider/")[2]
            if issuer not in SHARED:
                continue
            asked = dict(_list_asked(statement, issuer))
            claims = [claim for claim in SHARED[issuer] if claim in asked]
            if not claims and issuer != GITHUB:
                wanted = SHARED[issuer][0]
                yield f"{issuer} is trusted without a condition on {issuer}:{wanted}, wanted one"
            for value in asked.get("sub", ()) if claims == ["sub"] else ():
                if _is_anybodys(value) and not (issuer == GITHUB and value in ANY_REPOSITORY):
                    yield f'{issuer}:sub may be "{value}", wanted whose repository or project it is'


def _list_asked(statement: Properties, issuer: str) -> Iterator[tuple[str, list[str]]]:
    """The claims of an issuer that a statement asks for, with the values that match by a pattern."""
    for operator in statement.keys("Condition"):
        for key in statement.keys(f"Condition.{operator}"):
            of, _, claim = key.rpartition(":")
            operation = operator.rpartition(":")[2]
            if of.casefold() == issuer and operation.startswith(("StringEquals", "StringLike")):
                values = Properties({"values": statement.child(f"Condition.{operator}").raw[key]}).texts("values")
                yield claim.casefold(), values if operation.startswith("StringLike") else []


def _is_anybodys(subject: str) -> bool:
    """Whether strangers have a subject like this one: it does not say whose it is, or not in full."""
    known = re.split(r"[*?]", subject)[0]
    usual = any(
        form.startswith(known) or known.startswith(form) for form in ("repo:", "project_path:", "organization:")
    )
    return known != subject and usual and not OWNER.match(known) and not ELSEWHERE.search(subject)


@security.high(
    ROLE,
    reference="https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    fix="Add a condition on the sub claim, system:serviceaccount:NAMESPACE:NAME.",
)
def iam_role_of_pods_names_its_service_account(role: Resource) -> Iterator[str]:
    """A role for pods names the service account that may assume it.

    Every pod of the cluster gets a token of its issuer. Without a condition on the subject, or with a star for the
    namespace, whoever may run any pod gets the role, with the model store and the queues that it opens.
    """
    for statement in list_allowing(role.document("assumeRolePolicy")):
        for principal in principals_of(statement, "Federated"):
            issuer = principal.rpartition("oidc-provider/")[2]
            asked = dict(_list_asked(statement, issuer.casefold()))
            if CLUSTER.match(issuer) and "sub" not in asked:
                yield f"{issuer} is trusted without a condition on its sub, wanted one"
            for value in asked.get("sub", ()) if CLUSTER.match(issuer) else ():
                if value in ("*", "system:*", "system:serviceaccount:*", "system:serviceaccount:*:*"):
                    yield f'the sub of {issuer} may be "{value}", wanted a namespace and a name'


@availability.high(
    CREDENTIAL,
    reference="https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity",
    fix="Write the subject as the token has it, one credential for each branch or environment.",
)
def azure_federated_credential_names_one_subject(credential: Resource) -> Iterator[str]:
    """A federated credential's subject is the subject of a token, letter by letter.

    Entra compares the two and knows no star. A credential with one is made without an error and matches no token, so
    that the deployment which needs it cannot sign in.
    """
    if "*" in (credential.text("subject") or ""):
        yield f"subject is {credential.show('subject')}, wanted one without a star"


@security.high(
    POOL,
    reference="https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html",
    fix="Take the right to invoke from the role of unauthenticated identities, or set allow_unauthenticated_identities "
    "to false.",
)
def identity_pool_guests_invoke_no_model(pool: Resource, stack: Stack) -> Iterator[str]:
    """Guests of an identity pool may not invoke a model.

    Whoever knows the pool's id, which every copy of the app holds, gets credentials of the guests' role and calls the
    model at your cost. Cognito leaves guests the right to invoke endpoints of SageMaker, and takes those of Lambda,
    Bedrock and API Gateway away unless the classic flow is allowed
    (docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonCognitoUnAuthedIdentitiesSessionPolicy.html).
    It is advice: a demonstration may be for everybody.
    """
    if not pool.flag("allowUnauthenticatedIdentities"):
        return
    actions = (*SCOPED, *CLASSIC) if pool.flag("allowClassicFlow") else SCOPED
    for attachment in stack.referring(pool, POOL_ROLES, "identityPoolId"):
        for role in _list_guests(attachment, stack):
            statements = [
                statement
                for statement in list_statements(role, stack)
                if statement.text("Effect") == "Deny" or not statement.has("Condition")
            ]
            if found := [action for action in actions if allows(statements, action)]:
                yield f"{role} lets guests do {', '.join(found)}, wanted none of it"


def _list_guests(attachment: Resource, stack: Stack) -> list[Resource]:
    """The role of those who have not signed in: by its ARN, or by whom it trusts where the ARN is not known yet."""
    roles = stack.follow(attachment, "roles", ROLE)
    arn = attachment.text_if_known("roles.unauthenticated")
    if arn:
        return [role for role in stack.of(ROLE) if role.text_if_known("arn") == arn] or (
            roles if len(roles) == 1 else []
        )
    return [role for role in roles if GUEST.search(role.text_if_known("assumeRolePolicy") or "")]
