"""Principals of role assignments and scopes of role definitions."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINITION = "azure-native:authorization:RoleDefinition"
_LEARN = "https://learn.microsoft.com/azure/role-based-access-control"


@rule(ASSIGNMENT, source=f"{_LEARN}/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails")
def principal_of_an_assignment(it: Resource, program: Program) -> Found:
    sources = [program.by_urn[urn] for urn in it.sources.get("principalId", ()) if urn in program.by_urn]
    made = [source for source in sources if source.new]
    if made and it.get("principalType") is None:
        message = "PrincipalNotFound: Principal does not exist in the directory. Check that you have the correct principal ID. If"
        yield (
            "principalType",
            f"{message} you are creating this principal and then immediately assigning a role, set it",
        )
    if (
        made
        and it.text("principalType") in ("User", "Group")
        and all(source.type.startswith("azure-native:") for source in made)
    ):
        message = "UnmatchedPrincipalType: The PrincipalId has type 'ServicePrincipal', which is different from"
        yield "principalType", f"{message} specified PrincipalType '{it.text('principalType')}'"


@rule(DEFINITION, source=f"{_LEARN}/custom-roles")
def scopes_of_a_definition(it: Resource) -> Found:
    groups = [scope for scope in it.list("assignableScopes") if "/managementgroups/" in str(scope).lower()]
    if len(groups) > 1:
        yield "assignableScopes", f"BadRequest: a custom role has at most one management group, found {len(groups)}"


@rule(ASSIGNMENT, source="https://github.com/Azure/Azure-Landing-Zones/issues/2501")
def role_of_an_assignment_is_for_its_scope(it: Resource, program: Program) -> Found:
    role, scope = program.refer(it, "roleDefinitionId", DEFINITION), it.text("scope").lower()
    offered = [str(scope).lower().rstrip("/") for scope in role.list("assignableScopes")] if role else []
    # What is below a management group is not known. Only subscriptions and resource groups that are written out are compared.
    known = bool(scope and offered) and all(one.startswith("/subscriptions/") for one in (scope, *offered))
    if known and not any(f"{scope}/".startswith(f"{one}/") for one in offered):
        message = "RoleAssignmentScopeNotAssignableToRoleDefinition: The role is not available for assignment at the"
        yield "scope", f"{message} requested scope: found {it.text('scope')}, expected one of {', '.join(offered)}"
