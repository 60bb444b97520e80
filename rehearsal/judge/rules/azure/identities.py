"""Role assignments, role definitions and federated credentials."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINITION = "azure-native:authorization:RoleDefinition"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
_LEARN = "https://learn.microsoft.com/azure/role-based-access-control"
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@rule(ASSIGNMENT, source=f"{_LEARN}/troubleshooting")
def parts_of_an_assignment(it: Resource) -> Found:
    scope, principal = it.text("scope"), it.text("principalId")
    if scope and not scope.startswith("/"):
        yield "scope", f"InvalidScope: expected an id like /subscriptions/…, found {scope!r}"
    if principal and not re.fullmatch(_GUID, principal):
        message = "InvalidPrincipalId: A valid principal ID must be provided for role assignment"
        yield "principalId", f"{message}: expected a GUID, found {principal!r}"


@rule(ASSIGNMENT, source=f"{_LEARN}/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails")
def principal_of_an_assignment(it: Resource, program: Program) -> Found:
    sources = [program.by_urn[urn] for urn in it.sources.get("principalId", ()) if urn in program.by_urn]
    made = [one for one in sources if one.new]
    if made and it.get("principalType") is None:
        message = "PrincipalNotFound: Principal does not exist in the directory. Check that you have the correct principal ID. If"
        yield (
            "principalType",
            f"{message} you are creating this principal and then immediately assigning a role, set it",
        )
    if (
        made
        and it.text("principalType") in ("User", "Group")
        and all(one.type.startswith("azure-native:") for one in made)
    ):
        message = "UnmatchedPrincipalType: The PrincipalId has type 'ServicePrincipal', which is different from"
        yield "principalType", f"{message} specified PrincipalType '{it.text('principalType')}'"


@rule(ASSIGNMENT, source=f"{_LEARN}/troubleshooting#symptom---role-assignment-already-exists")
def assignments_differ(it: Resource, program: Program) -> Found:
    parts = ("principalId", "roleDefinitionId", "scope")
    for other in program.of(ASSIGNMENT):
        if other.urn >= it.urn:
            continue
        same = all(
            it.get(name) == other.get(name)
            and (
                it.get(name) is not UNKNOWN
                or (len(it.sources.get(name, ())) == 1 and it.sources[name] == other.sources.get(name))
            )
            for name in parts
        )
        if same:
            yield "roleDefinitionId", f"RoleAssignmentExists: The role assignment already exists: {other.name!r}"


@rule(ASSIGNMENT, source=f"{_LEARN}/custom-roles#custom-role-limits")
def data_actions_of_a_management_group(it: Resource, program: Program) -> Found:
    role = program.refer(it, "roleDefinitionId", DEFINITION)
    group = "/managementgroups/" in it.text("scope").lower()
    if role and group and any(one.get("dataActions") is not None for _, one in role.blocks("permissions")):
        message = "InvalidCreateRoleAssignmentRequest: Role assignments to Management Groups can not be made to custom"
        yield "roleDefinitionId", f"{message} role definitions with DataActions: {role.name!r}"


@rule(DEFINITION, source=f"{_LEARN}/custom-roles")
def parts_of_a_definition(it: Resource) -> Found:
    name = it.text("roleDefinitionId")
    if name and not re.fullmatch(_GUID, name):
        yield "roleDefinitionId", f"InvalidRoleDefinitionId: The role definition ID must be a GUID, found {name!r}"
    if it.get("assignableScopes") is None:
        yield "assignableScopes", "RoleDefinitionScopesEmpty: a custom role needs at least one assignable scope"
    if "/" in it.list("assignableScopes"):
        yield "assignableScopes", "RoleDefinitionRootScope: the root scope cannot be assignable for a custom role"
    groups = [one for one in it.list("assignableScopes") if "/managementgroups/" in str(one).lower()]
    if len(groups) > 1:
        yield "assignableScopes", f"BadRequest: a custom role has at most one management group, found {len(groups)}"


@rule(CREDENTIAL, source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations")
def credentials_one_after_another(it: Resource, program: Program) -> Found:
    identity = program.refer(it, "resourceName", IDENTITY)
    others = [
        one for one in program.of(CREDENTIAL) if identity and program.refer(one, "resourceName", IDENTITY) is identity
    ]
    if len(others) > 20 and it.urn == max(one.urn for one in others):
        yield "resourceName", f"BadRequest: an identity has at most 20 federated credentials, found {len(others)}"
    for other in others:
        if other.urn >= it.urn:
            continue
        if it.text("subject") and (it.text("issuer"), it.text("subject")) == (
            other.text("issuer"),
            other.text("subject"),
        ):
            message = "BadRequest: Issuer and subject combination already exists for this Managed Identity"
            yield "subject", f"{message}: {other.name!r}"
        elif it.new and other.new and not program.waits_for(it, other) and not program.waits_for(other, it):
            message = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity: Too many Federated"
            yield "resourceName", f"{message} Identity Credentials are written concurrently: depend on {other.name!r}"
            return


@rule(CREDENTIAL, source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations")
def audience_of_a_credential(it: Resource) -> Found:
    if len(it.list("audiences")) > 1:
        yield "audiences", f"BadRequest: a federated credential has one audience, found {len(it.list('audiences'))}"
