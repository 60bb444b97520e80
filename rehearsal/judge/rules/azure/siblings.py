"""Resources of one parent that Azure writes only one after another."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
DEPLOYMENT = "azure-native:cognitiveservices:Deployment"
ACCOUNT = "azure-native:cognitiveservices:Account"


@rule(CREDENTIAL, source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations")
def credentials_one_after_another(it: Resource, program: Program) -> Found:
    other = _find_concurrent(it, program, "resourceName", IDENTITY)
    if other:
        message = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity: Too many Federated"
        yield "resourceName", f"{message} Identity Credentials are written concurrently: depend on {other.name!r}"


@rule(DEPLOYMENT, source="https://github.com/Azure/bicep/issues/11211")
def deployments_one_after_another(it: Resource, program: Program) -> Found:
    other = _find_concurrent(it, program, "accountName", ACCOUNT)
    if other:
        message = "RequestConflict: Another operation is being performed on the parent resource"
        yield "accountName", f"{message}: depend on {other.name!r}"


def _find_concurrent(it: Resource, program: Program, path: str, parent_type: str) -> Resource | None:
    """Returns a new resource of the same type and parent that is written at the same time as this new one."""
    parent = program.refer(it, path, parent_type)
    others = program.referring(parent, path, it.type) if parent and it.new else ()
    for other in others:
        if other.urn < it.urn and other.new and not program.waits_for(it, other) and not program.waits_for(other, it):
            return other
    return None
