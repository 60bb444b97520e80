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
        and all(one.type.startswith("azure-native:") for one in made)
    ):
        message = "UnmatchedPrincipalType: The PrincipalId has type 'ServicePrincipal', which is different from"
        yield "principalType", f"{message} specified PrincipalType '{it.text('principalType')}'"


@rule(DEFINITION, source=f"{_LEARN}/custom-roles")
def scopes_of_a_definition(it: Resource) -> Found:
    groups = [scope for scope in it.list("assignableScopes") if "/managementgroups/" in str(scope).lower()]
    if len(groups) > 1:
        yield "assignableScopes", f"BadRequest: a custom role has at most one management group, found {len(groups)}"
