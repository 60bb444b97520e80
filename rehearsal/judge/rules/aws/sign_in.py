"""Cognito: what an app client names must be in its user pool first."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
PROVIDER = "aws:cognito/identityProvider:IdentityProvider"
SERVER = "aws:cognito/resourceServer:ResourceServer"
_API = "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference"


def _parts(kind: str, path: str, pool: Resource, program: Program) -> dict[str, Resource] | None:
    """Returns the parts of a pool by name; None if a part's name or pool is not known."""
    named: dict[str, Resource] = {}
    for part in program.of(kind):
        owner = program.refer(part, "userPoolId", POOL)
        if owner is pool and part.text(path):
            named[part.text(path)] = part
        elif owner is pool or (owner is None and not part.text("userPoolId")):
            return None
    return named


@rule(CLIENT, source="https://github.com/lgallard/terraform-aws-cognito-user-pool/issues/71")
def providers_of_a_client(it: Resource, program: Program) -> Found:
    pool = program.refer(it, "userPoolId", POOL)
    known = _parts(PROVIDER, "providerName", pool, program) if pool and pool.new else None
    for name in it.list("supportedIdentityProviders") if known is not None else ():
        if not isinstance(name, str) or name == "COGNITO":
            continue
        message = (
            f"InvalidParameterException: The provider {name} does not exist for User Pool {pool.name if pool else ''}"
        )
        if known is None or name not in known:
            yield "supportedIdentityProviders", message
        elif known[name].new and not program.waits_for(it, known[name]):
            yield "supportedIdentityProviders", f"{message} yet: depend on {known[name].name!r}"


@rule(CLIENT, source="https://github.com/aws/aws-cdk/issues/10676")
def scopes_of_a_client(it: Resource, program: Program) -> Found:
    pool = program.refer(it, "userPoolId", POOL)
    known = _parts(SERVER, "identifier", pool, program) if pool and pool.new else None
    for scope in it.list("allowedOauthScopes") if known is not None else ():
        identifier, _, name = scope.rpartition("/") if isinstance(scope, str) else ("", "", "")
        server = known.get(identifier) if known and identifier else None
        message = f"ScopeDoesNotExistException: Invalid scope requested: {scope}"
        if identifier and server is None:
            yield "allowedOauthScopes", f"{message}: the pool has no resource server {identifier!r}"
        elif server and isinstance(server.get("scopes"), list | None):
            scopes = [one.get("scopeName") for _, one in server.blocks("scopes")]
            if all(isinstance(one, str) for one in scopes) and name not in scopes:
                yield "allowedOauthScopes", f"{message}: {server.name!r} has no scope {name!r}"
        if server and server.new and not program.waits_for(it, server):
            yield "allowedOauthScopes", f"{message} yet: depend on {server.name!r}"


_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_VALIDITY = {
    "accessToken": ("hours", 300, 86_400, "5 minutes to 1 day"),
    "idToken": ("hours", 300, 86_400, "5 minutes to 1 day"),
    "refreshToken": ("days", 3600, 315_360_000, "60 minutes to 3,650 days"),
}
"""For each token the unit of its validity if none is given, the shortest and the longest validity in seconds."""


@rule(CLIENT, source=f"{_API}/API_CreateUserPoolClient.html")
def validity_of_tokens(it: Resource) -> Found:
    for token, (default, shortest, longest, words) in _VALIDITY.items():
        unit, path = it.get(f"tokenValidityUnits.{token}", default), f"{token}Validity"
        validity = it.number(path)
        if validity and unit in _SECONDS and not shortest <= validity * _SECONDS[unit] <= longest:
            message = "InvalidParameterException: Invalid range for token validity"
            yield path, f"{message}: found {validity:g} {unit}, expected {words}"
