"""Whether what an API calls answers: the permission, the verb, the version, and a deployment that has the routes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability
from ..serving import ALIAS, FUNCTION, HTTP_INTEGRATION, INTEGRATION, PERMISSION

ROUTE, STAGE = "aws:apigatewayv2/route:Route", "aws:apigatewayv2/stage:Stage"
API = "aws:apigatewayv2/api:Api"
DEPLOYMENT = "aws:apigatewayv2/deployment:Deployment"
DOMAINS = ("aws:apigatewayv2/domainName:DomainName", "aws:apigateway/domainName:DomainName")
REST_API = "aws:apigateway/restApi:RestApi"
MAPPINGS = (
    "aws:apigatewayv2/apiMapping:ApiMapping",
    "aws:apigateway/basePathMapping:BasePathMapping",
    "aws:apigatewayv2/routingRule:RoutingRule",
)
STAGES = ((STAGE, "apiId"), ("aws:apigateway/stage:Stage", "restApi"))
LINKS = ("aws:apigatewayv2/vpcLink:VpcLink", "aws:apigateway/vpcLink:VpcLink")
API_POLICY = "aws:apigateway/restApiPolicy:RestApiPolicy"
URI = {INTEGRATION: "uri", HTTP_INTEGRATION: "integrationUri"}
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
# of execute-api ARNs: the stage, the verb and the path, for HTTP APIs the route's
SOURCE = re.compile(r".*:execute-api:[^/]*/[^/]+/(?P<verb>[^/]+)/(?P<path>.+)")


def _callees(integration: Resource, stack: Stack) -> list[Resource]:
    """The alias or function that an integration calls, and the function of the alias."""
    called = stack.follow(integration, URI[integration.type], ALIAS, FUNCTION)
    return [*called, *(f for callee in called for f in stack.follow(callee, "functionName", FUNCTION))]


@availability.critical(
    INTEGRATION,
    HTTP_INTEGRATION,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions",
    fix="Add a Permission for apigateway.amazonaws.com, or give the integration credentials.",
)
def api_may_call_its_function(integration: Resource, stack: Stack) -> Iterator[str]:
    """An API is allowed to call the function behind it.

    Without a permission Lambda refuses each call, and callers get 500 while the function and its alarms are quiet
    (github.com/aws/aws-cdk/issues/5306). It is advice, because another stack may give the permission.
    """
    callees = _callees(integration, stack)
    signed = integration.has("credentials") or integration.has("credentialsArn")
    given = [permission for callee in callees for permission in stack.referring(callee, PERMISSION, "function")]
    let_in = any(
        permission.text_if_known("principal") in (None, "*", "apigateway.amazonaws.com") for permission in given
    )
    if callees and not signed and not let_in:
        yield f"no Permission is for {callees[0]} and this integration has no credentials, wanted one of them"


@availability.critical(
    INTEGRATION,
    reference=f"{GUIDE}/set-up-lambda-proxy-integrations.html",
    fix="Set integration_http_method to POST.",
)
def api_calls_its_function_with_post(integration: Resource, stack: Stack) -> Iterator[str]:
    """A REST API calls its function with POST, whatever callers use.

    Lambda answers POST alone. With another verb callers get 500 on every request, and the function is never called.
    """
    verb = integration.text("integrationHttpMethod")
    direct = integration.text("type") in ("AWS", "AWS_PROXY")
    if direct and verb not in (None, "POST") and _callees(integration, stack):
        yield f'integrationHttpMethod is "{verb}", wanted "POST"'


@availability.high(
    PERMISSION,
    reference=f"{GUIDE}/http-api-troubleshooting-lambda.html",
    fix="End source_arn in the verb and path of a route of the API.",
)
def lambda_permission_fits_a_route(permission: Resource, stack: Stack) -> Iterator[str]:
    """A permission that names a route names one that the API has.

    A route that was renamed, in an API whose permission names the old one, answers 500 to every request. Judged where
    the program has the routes one by one.
    """
    found = SOURCE.fullmatch(permission.text_if_known("sourceArn") or "")
    apis = stack.follow(permission, "sourceArn", API)
    keys = {route.text("routeKey") or "" for api in apis for route in stack.referring(api, ROUTE, "apiId")}
    whole = any(api.has(path) for api in apis for path in ("body", "routeKey"))
    if not found or not keys or whole or "$default" in keys or "*" in found["path"]:
        return
    verbs = {key.split()[0] for key in keys if key.endswith(f" /{found['path']}")}
    if not verbs & {found["verb"], "ANY"} and not (verbs and found["verb"] == "*"):
        named = f"{found['verb']} /{found['path']}"
        yield f"sourceArn names the route {named}, wanted one of {', '.join(sorted(keys))}"


@availability.high(
    STAGE,
    reference=f"{GUIDE}/http-api-stages.html",
    fix="Set auto_deploy, or give the stage a deployment_id.",
)
def api_stage_has_a_deployment(stage: Resource, stack: Stack) -> Iterator[str]:
    """A stage of an HTTP or WebSocket API serves the routes of the program.

    A stage serves a deployment. One that neither deploys by itself nor names a deployment has no routes to answer with.
    A pipeline may deploy beside the program: a stage that ignores changes of its deployment_id is left alone.
    """
    if "deploymentId" in stage.ignores:
        return
    if not stage.flag("autoDeploy") and not stage.has("deploymentId") and not stack.of(DEPLOYMENT):
        yield f"autoDeploy is {stage.show('autoDeploy')} and deploymentId is not set, wanted one of them"


@availability.medium(
    ALIAS,
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",
    fix="Set function_version to the published version, and publish of the function.",
)
def lambda_alias_names_a_version(alias: Resource) -> Iterator[str]:
    """An alias points to a version that does not change.

    What points to $LATEST changes for every caller in the moment of the upload: there is nothing to shift traffic from,
    nothing to go back to, no snapshot (SnapStart makes them of versions) and no warmth.
    """
    if alias.text_if_known("functionVersion") == "$LATEST":
        yield 'functionVersion is "$LATEST", wanted a published version'


@availability.high(
    "aws:apigatewayv2/vpcLink:VpcLink",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_fault_isolation_multiaz_region_system.html",
    fix="Give the link subnets of two zones or more.",
)
def api_vpc_link_spans_zones(link: Resource, stack: Stack) -> Iterator[str]:
    """An API's link into a network lies in several zones.

    Every request to what is behind it goes through the link's subnets. With one of them the loss of a zone is the loss
    of the API.
    """
    zones = stack.zones(link, "subnetIds")
    if zones < 2:
        yield f"subnetIds lie in {zones} zone, wanted two or more"


@availability.high(
    *DOMAINS,
    reference=f"{GUIDE}/http-api-mappings.html",
    fix="Lead the domain to a stage: an ApiMapping, a BasePathMapping of a REST API, or a RoutingRule.",
)
def api_domain_is_mapped_to_an_api(domain: Resource, stack: Stack) -> Iterator[str]:
    """A domain name of API Gateway leads to an API.

    Callers of a name that is mapped to nothing reach no API, and no API logs them. Judged in programs that have an API:
    a stack of names alone leaves the mapping to those of the APIs.
    """
    if stack.of(API, REST_API) and not any(stack.referring(domain, type_, "domainName") for type_ in MAPPINGS):
        yield "no mapping and no routing rule is for this domain name, wanted one"


@availability.critical(
    REST_API,
    reference=f"{GUIDE}/apigateway-resource-policies-create-attach.html",
    fix="Give the API a resource policy that allows its VPC endpoint.",
)
def api_private_has_a_resource_policy(api: Resource, stack: Stack) -> Iterator[str]:
    """A private REST API has a resource policy.

    API Gateway does not deploy a private API without one ("Private REST API doesn't have a resource policy attached"),
    because nobody could call it. An OpenAPI body may hold the policy.
    """
    private = "PRIVATE" in api.show("endpointConfiguration.types")
    if "x-amazon-apigateway-policy" in (api.text("body") or ""):
        return
    if private and not api.has("policy") and not stack.referring(api, API_POLICY, "restApiId"):
        yield "policy is not set for a private API, wanted one that allows its VPC endpoint"


@availability.high(
    API,
    REST_API,
    reference=f"{GUIDE}/rest-api-disable-default-endpoint.html",
    fix="Map a domain name to the API, or leave disable_execute_api_endpoint out.",
)
def api_without_its_default_endpoint_has_a_domain(api: Resource, stack: Stack) -> Iterator[str]:
    """An API whose default endpoint is disabled is mapped to a domain name.

    Otherwise it has no address at all: every caller of the default one is refused. It is advice, because the
    mapping may be made where the domain is.
    """
    paths = ("apiId", "restApi", "actions")
    stages = [stage for type_, path in STAGES for stage in stack.referring(api, type_, path)]
    mapped = any(stack.referring(end, type_, path) for end in (api, *stages) for type_ in MAPPINGS for path in paths)
    if api.flag("disableExecuteApiEndpoint") and not mapped:
        yield "disableExecuteApiEndpoint is true and no domain name is mapped to the API, wanted one"


@availability.medium(
    INTEGRATION,
    HTTP_INTEGRATION,
    reference=f"{GUIDE}/api-gateway-execution-service-limits-table.html",
    fix="Set timeout_milliseconds to the longest inference that callers wait for.",
)
def api_integration_waits_for_an_inference(integration: Resource, *, milliseconds: int = 3000) -> Iterator[str]:
    """An API waits long enough for an inference.

    A shorter time limit than the model needs turns answers into 504, while the model still works on them. It is
    advice, because some models answer within milliseconds.
    """
    limit = integration.number("timeoutMilliseconds")
    if limit and limit < milliseconds:
        yield f"timeoutMilliseconds is {limit:g}, wanted {milliseconds} or more"


@availability.high(
    INTEGRATION,
    HTTP_INTEGRATION,
    reference=f"{GUIDE}/http-api-develop-integrations-private.html",
    fix='Set connection_type to "VPC_LINK" beside the connection_id.',
)
def api_integration_uses_its_vpc_link(integration: Resource, stack: Stack) -> Iterator[str]:
    """An integration that is given a VPC link uses it.

    With another connection type API Gateway looks for the backend in the internet, where it has no address, and callers
    get 5xx.
    """
    linked = integration.has("connectionId") or stack.follow(integration, "connectionId", *LINKS)
    if linked and integration.text("connectionType") != "VPC_LINK":
        yield f'connectionType is {integration.show("connectionType")} beside a connectionId, wanted "VPC_LINK"'
