"""API Gateway: the paths of a REST API, the parameters of its methods, and its stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.gateways import INTEGRATION, METHOD, REST, STAGE, of_one_method

PATH = "aws:apigateway/resource:Resource"
RESPONSE = "aws:apigateway/methodResponse:MethodResponse"
_MAPPED = "aws:apigateway/integrationResponse:IntegrationResponse"
_API = "https://docs.aws.amazon.com/apigateway/latest/api"
_WRONG = "BadRequestException: Invalid mapping expression specified"


@rule(PATH, source=f"{_API}/API_CreateResource.html")
def parts_of_a_path(it: Resource, program: Program) -> Found:
    mine = it.text("pathPart")
    for other in _siblings(it, program) if mine else ():
        theirs = other.text("pathPart")
        if mine == theirs:
            message = "ConflictException: Another resource with the same parent already has this name"
            yield "pathPart", f"{message}: {other.name!r}"
        elif mine.startswith("{") and theirs.startswith("{"):
            # A greedy path variable conflicts too: https://github.com/winglang/wing/issues/5210
            message = "BadRequestException: A sibling of this resource already has a variable path part -- only one"
            yield "pathPart", f"{message} is allowed: {other.name!r} has {theirs}"


def _siblings(it: Resource, program: Program) -> Iterator[Resource]:
    """Yields the other REST API resources with the same parent, so that each pair is compared once."""
    above = it.sources.get("parentId")
    for other in program.of(PATH):
        if above and other.urn < it.urn and other.sources.get("parentId") == above and it.region == other.region:
            yield other


@rule(INTEGRATION, source=f"{_API}/API_PutIntegration.html")
def parameters_that_a_method_has(it: Resource, program: Program) -> Found:
    given = it.get("requestParameters")
    methods = [method for method in program.of(METHOD) if of_one_method(it, method, program)]
    known = methods[0].get("requestParameters", {}) if len(methods) == 1 else None
    if not isinstance(given, Mapping) or not isinstance(known, Mapping):
        return
    for source in given.values():
        if isinstance(source, str) and source.startswith("method.request.path.") and source not in known:
            message = (
                f"{_WRONG}: Validation Result: errors : [Invalid mapping expression parameter specified: {source}]"
            )
            yield "requestParameters", f"{message}: the method {methods[0].name!r} does not declare it"


@rule(_MAPPED, source=f"{_API}/API_PutIntegrationResponse.html")
def response_that_a_method_has(it: Resource, program: Program) -> Found:
    methods = [method for method in program.of(METHOD) if of_one_method(it, method, program)]
    responses = [response for response in program.of(RESPONSE) if of_one_method(it, response, program)]
    mine = [response for response in responses if response.get("statusCode") == it.get("statusCode")]
    if len(methods) != 1 or not it.text("statusCode") or any(not response.text("statusCode") for response in responses):
        return
    if not mine:
        message = f"NotFoundException: Invalid Response status code specified: {it.text('statusCode')}"
        yield "statusCode", f"{message}: the method {methods[0].name!r} has no such method response"
    given, known = it.get("responseParameters"), mine[0].get("responseParameters", {}) if mine else None
    for name in given if isinstance(given, Mapping) and isinstance(known, Mapping) else ():
        if name not in known:
            message = f"{_WRONG}: Validation Result: errors : [Invalid mapping expression parameter specified: {name}]"
            yield "responseParameters", f"{message}: the response {mine[0].name!r} does not declare it"


@rule("aws:apigateway/usagePlan:UsagePlan", source=f"{_API}/API_CreateUsagePlan.html")
def plan_after_its_stages(it: Resource, program: Program) -> Found:
    for index, api_stage in enumerate(it.list("apiStages")):
        api = program.refer(it, f"apiStages[{index}].apiId", REST)
        name = api_stage.get("stage") if isinstance(api_stage, Mapping) else None
        for stage in program.referring(api, "restApi", STAGE) if api and api.new else ():
            if stage.text("stageName") == name and stage.new and not program.waits_for(it, stage):
                message = "NotFoundException: API Stage not found"
                yield f"apiStages[{index}].stage", f"{message}: {name!r} yet: depend on {stage.name!r}"
