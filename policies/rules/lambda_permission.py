"""Who may call a Lambda function: permissions and function URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, security
from ..serving import ALIAS, FUNCTION, FUNCTION_URL, HTTP_INTEGRATION, INTEGRATION, INVOKERS, PERMISSION

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html"
CALLERS = {
    INTEGRATION: "uri",
    HTTP_INTEGRATION: "integrationUri",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": "targetId",
}
# the alias or version that a stage's variable names: …:function:NAME:${stageVariables.qualifier}/invocations
QUALIFIER = re.compile(r":function:[^:/]+:\$\{stageVariables\.(\w+)\}")
ANY_API = re.compile(r"\*|arn:[\w-]+:[\w-]+:[^:]*:[^:]*:\*(/.*)?")


@security.critical(
    PERMISSION,
    reference=f"{HUB}#lambda-1",
    fix="Name the calling service as principal and the caller as source_arn.",
)
def lambda_permission_names_its_caller(permission: Resource) -> Iterator[str]:
    """A permission names its caller.

    A star as principal allows everybody. A service without a source may act for anybody's account. For an API or a
    load balancer the account is not enough as a source, because any API of the account could then call.
    """
    principal = permission.text("principal") or ""
    signed = permission.text("functionUrlAuthType") == "AWS_IAM" or permission.has("principalOrgId")
    if principal == "*" and not signed:
        yield 'principal is "*", wanted the calling service'
    if not principal.endswith(".amazonaws.com"):
        return
    source = permission.text("sourceArn") if permission.known("sourceArn") else None
    if not permission.has("sourceArn") and (principal in INVOKERS or not permission.has("sourceAccount")):
        yield "sourceArn is not set, wanted the caller's ARN"
    elif source and ANY_API.fullmatch(source):
        yield f"sourceArn is {permission.show('sourceArn')}, wanted the API's id in it"


@security.low(
    PERMISSION,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html",
    fix="End source_arn in stage, method and path.",
)
def lambda_permission_names_its_route(permission: Resource) -> Iterator[str]:
    """A permission names the route that may call.

    With stars for stage, method and path, every route that is added to the API may call the function, the test
    stage's too. It is advice, because these are the team's own routes.
    """
    source = permission.text_if_known("sourceArn") or ""
    if ":execute-api:" in source and re.search(r":\w+(/\*)+$", source):
        yield f"sourceArn ends in {source[source.index('/') :]}, wanted stage, method and path"


@security.critical(
    FUNCTION_URL,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    fix="Set authorization_type to AWS_IAM; CloudFront signs with an origin access control.",
)
def lambda_url_authenticates(url: Resource) -> Iterator[str]:
    """A function URL authenticates its callers.

    Without authentication it is a public address, and whoever finds it uses the model at the team's cost. It has no
    throttling and no web ACL of its own.
    """
    if url.text("authorizationType") != "AWS_IAM":
        yield f'authorizationType is {url.show("authorizationType")}, wanted "AWS_IAM"'


@security.high(
    PERMISSION,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    fix="Name the account or the role as principal, or set principal_org_id.",
)
def lambda_url_permission_names_its_callers(permission: Resource) -> Iterator[str]:
    """A permission for a function URL that wants signed requests says whose.

    With a star, every user of every AWS account whose own policy lets him may call the function: signed by somebody,
    and by anybody.
    """
    narrowed = any(permission.has(path) for path in ("principalOrgId", "sourceArn", "sourceAccount"))
    if permission.text("functionUrlAuthType") == "AWS_IAM" and permission.text("principal") == "*" and not narrowed:
        yield 'principal is "*" and functionUrlAuthType "AWS_IAM", wanted an account or a role'


@availability.critical(
    ALIAS,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/using-aliases.html",
    fix="Set the permission's qualifier to the alias's name.",
)
def lambda_alias_permits_its_callers(alias: Resource, stack: Stack) -> Iterator[str]:
    """An API or load balancer that calls an alias has a permission for that alias.

    A permission without a qualifier only covers the function itself. An API or load balancer that calls the alias
    is then refused: its callers get an error each time, while the function and its alarms show nothing.
    """
    callers = [resource for type_, path in CALLERS.items() for resource in stack.referring(alias, type_, path)]
    callers += _call_by_variable(alias, stack)
    if not callers or any(caller.has("credentials") or caller.has("credentialsArn") for caller in callers):
        return
    near = [alias, *stack.follow(alias, "functionName", FUNCTION)]
    given = [permission for resource in near for permission in stack.referring(resource, PERMISSION, "function")]
    if any(permission.has("qualifier") or _names_an_alias(permission) for permission in given):
        return
    for permission in given:
        if permission.text_if_known("principal") in INVOKERS:
            yield f"{permission} has no qualifier and {callers[0]} calls this alias, wanted the alias's name"


def _call_by_variable(alias: Resource, stack: Stack) -> list[Resource]:
    """The integrations that call an alias whose name is in a variable of their API's stage."""
    found = []
    for function in stack.follow(alias, "functionName", FUNCTION):
        for integration in stack.referring(function, INTEGRATION, "uri"):
            variable = QUALIFIER.search(integration.text_if_known("uri") or "")
            apis = stack.follow(integration, "restApi", "aws:apigateway/restApi:RestApi") if variable else []
            stages = [stage for api in apis for stage in stack.referring(api, "aws:apigateway/stage:Stage", "restApi")]
            named = {stage.text_if_known(f"variables.{variable[1]}") for stage in stages} if variable else set()
            found += [integration] if alias.text_if_known("name") in named - {None} else []
    return found


def _names_an_alias(permission: Resource) -> bool:
    """Whether `function` is an alias's ARN, or is not known yet and may be one."""
    function = permission.text_if_known("function")
    return function is None or ":" in function.rpartition(":function:")[2]
