"""HTTP and WebSocket APIs of API Gateway (version 2): they know no web ACL, no traces and no request validators."""

from __future__ import annotations

from collections.abc import Iterator

from ..callers import asks_for_certificates, is_health
from ..resources import Resource, Stack
from ..rule import availability, observability, security

API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
STAGE = "aws:apigatewayv2/stage:Stage"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html"
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"


@security.critical(
    ROUTE,
    API,
    reference=f"{HUB}#apigateway-8",
    fix="Set authorization_type to JWT, AWS_IAM or CUSTOM.",
)
def api_route_authenticates(route: Resource, stack: Stack) -> Iterator[str]:
    """A route of an HTTP or WebSocket API authenticates its callers.

    The default is NONE, so everybody who finds the route may use the model. Of a WebSocket API only the route
    $connect authenticates, for all routes. (Health checks are left out, because they have no token, and domains
    with mutual TLS, because callers show their certificate first.) An API that is made with a target has a route that
    nobody can give an authorizer to.
    """
    if route.type == API:
        if route.has("target") and not asks_for_certificates(route, stack):
            yield "target makes a route for everybody, wanted an integration and a route with an authorizer"
        return
    key = route.text("routeKey") or ""
    verb, _, path = key.partition(" ")
    apis = stack.follow(route, "apiId", API)
    sockets = any(api.text("protocolType") == "WEBSOCKET" for api in apis)
    if verb == "OPTIONS" or is_health(verb, path) or (sockets and key != "$connect"):
        return
    if any(asks_for_certificates(api, stack) for api in apis):
        return
    if route.text("authorizationType") in (None, "NONE"):
        yield f'authorizationType is {route.show("authorizationType")}, wanted "JWT", "AWS_IAM" or "CUSTOM"'


@observability.medium(
    STAGE,
    reference=f"{HUB}#apigateway-9",
    fix="Give the stage access_log_settings with a log group.",
)
def api_stage_of_http_logs_access(stage: Resource) -> Iterator[str]:
    """A stage of an HTTP API logs every request.

    An HTTP API has no other log: without it a 4xx or 5xx of the gateway leaves no trace.
    """
    if not stage.has("accessLogSettings.destinationArn"):
        yield "accessLogSettings.destinationArn is not set, wanted a log group"


@availability.medium(
    STAGE,
    reference=f"{GUIDE}/http-api-throttling.html",
    fix="Set throttling_rate_limit and throttling_burst_limit in default_route_settings.",
)
def api_stage_of_http_is_throttled(stage: Resource) -> Iterator[str]:
    """A stage of an HTTP API limits its rate of requests.

    Without limits of its own, the stage may use the whole account's limit, and a burst reaches a model that cannot
    take it.
    """
    rate, burst = (stage.number(f"defaultRouteSettings.throttling{part}Limit") or 0 for part in ("Rate", "Burst"))
    if not (rate > 0 and burst > 0) and not stage.count("routeSettings"):
        yield "defaultRouteSettings limits no rate and burst, wanted both above 0"
