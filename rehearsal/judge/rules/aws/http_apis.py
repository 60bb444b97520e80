"""API Gateway: HTTP and WebSocket APIs, their routes, integrations and authorizers."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

HTTP_API = "aws:apigatewayv2/api:Api"


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
