"""API Gateway: the parts of a REST API, in the order that the service requires."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.values import UNKNOWN

REST = "aws:apigateway/restApi:RestApi"
METHOD = "aws:apigateway/method:Method"
INTEGRATION = "aws:apigateway/integration:Integration"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
LIMITS = "aws:apigateway/methodSettings:MethodSettings"
ACCOUNT = "aws:apigateway/account:Account"
_REST_API = "https://docs.aws.amazon.com/apigateway/latest/api"
_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_INVALID = "BadRequestException"


@rule(INTEGRATION, source=f"{_REST_API}/API_PutIntegration.html")
def time_of_an_integration(it: Resource) -> Found:
    timeout = it.number("timeoutMilliseconds")
    # A streamed response may take 15 minutes.
    longest = 900_000 if it.get("responseTransferMode") == "STREAM" else quota("aws-rest-integration-timeout")
    if timeout is not None and not 50 <= timeout <= longest:
        message = f"{_INVALID}: Timeout should be between 50 ms and {longest} ms, found {timeout:g}"
        yield "timeoutMilliseconds", f"{message} {advise('aws-rest-integration-timeout')}"


def of_one_method(it: Resource, other: Resource, program: Program) -> bool:
    """Whether both resources certainly refer to the same method of the same REST API resource."""
    if it.text("httpMethod") and other.text("httpMethod") and it.text("httpMethod") != other.text("httpMethod"):
        return False
    same = all(
        it.sources.get(name) == other.sources.get(name) and it.sources.get(name) for name in ("restApi", "resourceId")
    )
    return (bool(same) and it.get("resourceId") == other.get("resourceId")) or (
        bool(same) and it.get("resourceId") is UNKNOWN is other.get("resourceId")
    )


def _of_one_source(path: str, it: Resource, other: Resource) -> bool:
    return bool(it.sources.get(path)) and it.sources.get(path) == other.sources.get(path)


_ORDER = (
    (INTEGRATION, METHOD, "Invalid Method identifier specified"),
    ("aws:apigateway/methodResponse:MethodResponse", METHOD, "Invalid Method identifier specified"),
    ("aws:apigateway/integrationResponse:IntegrationResponse", INTEGRATION, "No integration defined for method"),
)


@rule(*(kind for kind, _, _ in _ORDER), source=f"{_REST_API}/API_PutIntegrationResponse.html")
def parts_of_a_method_in_order(it: Resource, program: Program) -> Found:
    for kind, needed, message in _ORDER:
        for other in program.of(needed) if kind == it.type else ():
            mine, theirs = it.get("httpMethod"), other.get("httpMethod")
            alike = mine == theirs and (mine is not UNKNOWN or _of_one_source("httpMethod", it, other))
            if other.new and alike and of_one_method(it, other, program) and not program.waits_for(it, other):
                yield "httpMethod", f"NotFoundException: {message}: depend on {other.name!r}"


@rule(INTEGRATION, source=f"{_REST_API}/API_PutIntegration.html")
def method_that_is_there(it: Resource, program: Program) -> Found:
    """Refuses an integration of a method that its new API has not, where all methods of the API are known."""
    api, mine = program.refer(it, "restApi", REST), it.text("httpMethod")
    if api is None or not api.new or api.get("body") is not None or not mine:
        return
    methods = [method for method in program.of(METHOD) if _of_one_source("restApi", it, method)]
    names = {method.text("httpMethod") for method in methods}
    if "" not in names and mine not in names:
        yield "httpMethod", f"NotFoundException: Invalid Method identifier specified: {api.name!r} has no method {mine}"


_RESOURCE = "aws:apigateway/resource:Resource"
_HTTP = "aws:apigatewayv2/api:Api"
_ROUTE = "aws:apigatewayv2/route:Route"
_NO_RESOURCE = "NotFoundException: Invalid Resource identifier specified"
_NO_AUTHORIZER = f"{_INVALID}: Invalid authorizer ID specified"
# (a part, the property that names its API, the property that names another part, the other part, the message)
_PARTS = (
    *(
        (kind, "restApi", path, _RESOURCE, _NO_RESOURCE)
        for kind, path in (
            (METHOD, "resourceId"),
            (INTEGRATION, "resourceId"),
            ("aws:apigateway/methodResponse:MethodResponse", "resourceId"),
            ("aws:apigateway/integrationResponse:IntegrationResponse", "resourceId"),
            (_RESOURCE, "parentId"),
        )
    ),
    (METHOD, "restApi", "authorizerId", "aws:apigateway/authorizer:Authorizer", _NO_AUTHORIZER),
    (
        METHOD,
        "restApi",
        "requestValidatorId",
        "aws:apigateway/requestValidator:RequestValidator",
        f"{_INVALID}: Invalid Request Validator identifier specified",
    ),
    (STAGE, "restApi", "deployment", DEPLOYMENT, f"{_INVALID}: Invalid Deployment identifier specified"),
    (
        _ROUTE,
        "apiId",
        "target",
        "aws:apigatewayv2/integration:Integration",
        "NotFoundException: Invalid Integration identifier specified",
    ),
    (_ROUTE, "apiId", "authorizerId", "aws:apigatewayv2/authorizer:Authorizer", _NO_AUTHORIZER),
    (
        "aws:apigatewayv2/stage:Stage",
        "apiId",
        "deploymentId",
        "aws:apigatewayv2/deployment:Deployment",
        "NotFoundException: Invalid Deployment identifier specified",
    ),
)


@rule(*{kind for kind, *_ in _PARTS}, source=f"{_REST_API}/API_PutMethod.html")
def parts_of_one_api(it: Resource, program: Program) -> Found:
    """An id of a part is an id within one API: another API has no such part."""
    for kind, scope, path, other_kind, message in _PARTS:
        if kind != it.type or it.get(path) is None:
            continue
        mine = program.refer(it, scope, REST, _HTTP)
        # The root of a REST API is a property of the API itself.
        part = program.refer(it, path, other_kind, REST)
        theirs = program.refer(part, scope, REST, _HTTP) if part and part.type != REST else part
        if mine and theirs and mine.urn != theirs.urn:
            yield path, f"{message}: it is of the API {theirs.name!r}, not of {mine.name!r}"


@rule(STAGE, LIMITS, source=f"{_GUIDE}/set-up-logging.html")
def account_logs_first(it: Resource, program: Program) -> Found:
    level = it.text("settings.loggingLevel")
    logs = it.get("accessLogSettings") is not None or level in ("INFO", "ERROR")
    accounts = [account for account in program.of(ACCOUNT) if account.new and account.region == it.region]
    if logs and accounts and not program.waits_for(it, *accounts):
        message = f"{_INVALID}: CloudWatch Logs role ARN must be set in account settings to enable logging"
        yield "accessLogSettings" if it.type == STAGE else "settings", f"{message}: depend on {accounts[0].name!r}"


@rule(ACCOUNT, source="https://github.com/tmobile/jazz-installer/pull/597")
def role_of_the_account_writes_logs(it: Resource, program: Program) -> Found:
    role = program.refer(it, "cloudwatchRoleArn", ROLE)
    if role and may(role, "logs:PutLogEvents", program) is False:
        message = (
            f"{_INVALID}: The role ARN does not have required permissions configured. Please grant trust permission"
        )
        yield (
            "cloudwatchRoleArn",
            f"{message} for API Gateway and add the required role policy. (the role is {role.name!r})",
        )
