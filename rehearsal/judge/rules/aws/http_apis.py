"""API Gateway: HTTP and WebSocket APIs, their routes, integrations and authorizers."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

HTTP_API = "aws:apigatewayv2/api:Api"
_HTTP_API = "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference"
_INVALID = "BadRequestException"


@rule(HTTP_API, source=f"{_HTTP_API}/apis.html")
def parts_of_an_http_api(it: Resource) -> Found:
    kind = it.text("protocolType")
    if kind == "WEBSOCKET":
        if it.get("routeSelectionExpression") is None:
            yield "routeSelectionExpression", f"{_INVALID}: it is required for WEBSOCKET APIs"
        if it.get("corsConfiguration") is not None:
            yield "corsConfiguration", f"{_INVALID}: CORS is supported for HTTP APIs only"
    origins = it.list("corsConfiguration.allowOrigins")
    if it.get("corsConfiguration.allowCredentials") is True and "*" in origins:
        message = f"{_INVALID}: allow-credentials is not supported if 'allow-origin' is *"
        yield "corsConfiguration.allowOrigins", message


@rule("aws:apigatewayv2/integration:Integration", source=f"{_HTTP_API}/apis-apiid-integrations.html")
def parts_of_an_http_integration(it: Resource, program: Program) -> Found:
    api, kind = program.refer(it, "apiId", HTTP_API), it.text("integrationType")
    http = api.text("protocolType") == "HTTP" if api else False
    timeout = it.number("timeoutMilliseconds")
    if http and kind in ("AWS", "HTTP", "MOCK"):
        message = f"{_INVALID}: Currently, an API with a protocol type of HTTP may only be associated with proxy"
        yield "integrationType", f"{message} integrations (AWS_PROXY, HTTP_PROXY), found {kind}"
    if http and kind == "HTTP_PROXY" and it.get("integrationMethod") is None:
        yield "integrationMethod", f"{_INVALID}: HttpMethod must be specified for HTTP_PROXY integrations"
    if timeout is not None and not 50 <= timeout <= (30_000 if http else 29_000):
        yield "timeoutMilliseconds", f"{_INVALID}: Timeout should be between 50 ms and 30000 ms, found {timeout:g}"
    if it.get("connectionType") == "VPC_LINK" and it.get("connectionId") is None:
        yield "connectionId", f"{_INVALID}: it is required for a connection through a VPC link"


@rule("aws:apigatewayv2/route:Route", source=f"{_HTTP_API}/apis-apiid-routes.html")
def authorizer_of_a_route(it: Resource) -> Found:
    kind = it.get("authorizationType")
    if kind in ("JWT", "CUSTOM") and it.get("authorizerId") is None:
        message = f"{_INVALID}: Invalid authorizer ID specified. Setting the authorization type to {kind}"
        yield "authorizerId", f"{message} requires a valid {kind} authorizer."


@rule("aws:apigatewayv2/route:Route", source=f"{_HTTP_API}/apis-apiid-routes.html")
def key_of_a_route(it: Resource, program: Program) -> Found:
    api, key = program.refer(it, "apiId", HTTP_API), it.text("routeKey")
    if api is None or not key:
        return
    method, _, path = key.partition(" ")
    if api.text("protocolType") == "HTTP" and key != "$default":
        if method not in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY") or not path.startswith(
            "/"
        ):
            message = f"{_INVALID}: The provided route key is not formatted properly for HTTP protocol"
            yield "routeKey", f"{message}: found {key!r}, expected 'GET /path' or '$default'"
    for other in program.of(it.type):
        if other.urn < it.urn and program.refer(other, "apiId", HTTP_API) is api and other.text("routeKey") == key:
            yield "routeKey", f"ConflictException: Route with key {key} already exists for this API: {other.name!r}"
    target = it.text("target")
    if target and not target.startswith("integrations/"):
        yield "target", f"{_INVALID}: found {target!r}, expected integrations/ID"


@rule("aws:apigatewayv2/authorizer:Authorizer", source=f"{_HTTP_API}/apis-apiid-authorizers.html")
def parts_of_an_http_authorizer(it: Resource) -> Found:
    kind = it.text("authorizerType")
    if kind == "JWT":
        if (
            not isinstance(it.get("jwtConfiguration", UNKNOWN if it.get("jwtConfiguration") else None), Mapping)
            and it.get("jwtConfiguration") is not UNKNOWN
        ):
            yield "jwtConfiguration", f"{_INVALID}: JwtConfiguration is required for a JWT authorizer"
        if it.get("identitySources") is None:
            yield "identitySources", f"{_INVALID}: IdentitySource is required for a JWT authorizer"
    if kind == "REQUEST" and it.get("authorizerUri") is None:
        yield "authorizerUri", f"{_INVALID}: AuthorizerUri is required for a REQUEST authorizer"


@rule(
    "aws:apigatewayv2/stage:Stage",
    source="https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/pull/80",
)
def settings_of_routes_that_are_there(it: Resource, program: Program) -> Found:
    api = program.refer(it, "apiId", HTTP_API)
    if api is None or not api.new or api.get("body") is not None or api.get("routeKey") is not None:
        return
    routes = list(program.referring(api, "apiId", "aws:apigatewayv2/route:Route"))
    for path, one in it.blocks("routeSettings"):
        key = one.text("routeKey")
        named = [route for route in routes if route.get("routeKey") in (key, UNKNOWN)]
        message = f"NotFoundException: Unable to find Route by key {key} within the provided RouteSettings"
        if key and not named:
            yield f"{path}.routeKey", message
        elif key and not program.waits_for(it, *named):
            yield f"{path}.routeKey", f"{message} yet: let the stage depend on {named[0].name!r}"
