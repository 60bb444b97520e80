"""API Gateway: the paths of a REST API, the parameters of its methods, and its stages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.gateways import INTEGRATION, METHOD, REST, STAGE, of_one_method

PATH = "aws:apigateway/resource:Resource"
RESPONSE = "aws:apigateway/methodResponse:MethodResponse"
_HTTP = "aws:apigatewayv2/api:Api"
_MAPPED = "aws:apigateway/integrationResponse:IntegrationResponse"
_API = "https://docs.aws.amazon.com/apigateway/latest/api"
_DECLARED = re.compile(r"method\.request\.(path|header|querystring)\.[^.]+$")
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
        if isinstance(source, str) and _DECLARED.match(source) and source not in known:
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
        name = api_stage.get("stage") if isinstance(api_stage, Mapping) else None
        for wrong in _wrong_stage(it, f"apiStages[{index}].apiId", name, program):
            yield f"apiStages[{index}].stage", f"NotFoundException: API Stage not found: {wrong}"


@rule(
    "aws:apigateway/methodSettings:MethodSettings",
    "aws:apigatewayv2/apiMapping:ApiMapping",
    source="https://github.com/getmoto/moto/blob/master/moto/apigatewayv2/exceptions.py",
)
def stage_comes_first(it: Resource, program: Program) -> Found:
    path, scope = ("stageName", "restApi") if "MethodSettings" in it.type else ("stage", "apiId")
    for wrong in _wrong_stage(it, scope, it.get(path), program):
        yield path, f"NotFoundException: Invalid stage identifier specified: {wrong}"


def _wrong_stage(it: Resource, scope: str, name: Any, program: Program) -> Iterator[str]:
    """Yields what is wrong with the name of a stage of a new API: the API has none of the name, or not yet."""
    api = program.refer(it, scope, REST, _HTTP)
    kind, path = (STAGE, "stageName") if api and api.type == REST else ("aws:apigatewayv2/stage:Stage", "name")
    if not isinstance(name, str) or api is None or not api.new or api.get("target") is not None:
        return
    stages = [stage for stage in program.of(kind) if program.refer(stage, _scope(stage), REST, _HTTP) in (api, None)]
    named = [stage for stage in stages if stage.text(path) == name]
    if not named and all(stage.text(path) for stage in stages):
        yield f"{name!r} is no stage of {api.name!r}"
    elif named and all(stage.new for stage in named) and not program.waits_for(it, *named):
        yield f"{name!r} yet: depend on {named[0].name!r}"


def _scope(stage: Resource) -> str:
    return "restApi" if stage.type == STAGE else "apiId"


@rule(
    METHOD, source="https://github.com/localstack/localstack/tree/main/localstack-core/localstack/services/apigateway"
)
def models_and_parameters_of_a_method(it: Resource, program: Program) -> Found:
    parameters, models = it.get("requestParameters"), it.get("requestModels")
    names = [name.rpartition(".")[2] for name in parameters] if isinstance(parameters, Mapping) else []
    for name in list_repeated(names):
        message = "BadRequestException: Parameter names must be unique across querystring, header and path"
        yield "requestParameters", f"{message}: {name!r}"
    api = program.refer(it, "restApi", REST)
    if api is None or not api.new or api.get("body") is not None:
        return
    made = list(program.of("aws:apigateway/model:Model"))
    for name in models.values() if isinstance(models, Mapping) else ():
        if not isinstance(name, str) or name in ("Empty", "Error"):
            continue
        named = [model for model in made if model.text("name") == name]
        message = f"BadRequestException: Invalid model identifier specified: {name}"
        if not named and all(model.text("name") for model in made):
            yield "requestModels", message
        elif named and all(model.new for model in named) and not program.waits_for(it, *named):
            yield "requestModels", f"{message} yet: depend on {named[0].name!r}"


@rule(REST, "aws:apigatewayv2/api:Api", source="https://github.com/localstack/localstack/issues/4619")
def integrations_of_a_body(it: Resource) -> Found:
    try:
        body = json.loads(it.text("body") or "null")
    except ValueError:
        return
    if isinstance(body, str):
        yield "body", "BadRequestException: Invalid OpenAPI input: the body is a text in quotes"
    paths = body.get("paths") if isinstance(body, Mapping) else None
    for path, methods in paths.items() if isinstance(paths, Mapping) else ():
        for method in methods.values() if isinstance(methods, Mapping) else ():
            integration = method.get("x-amazon-apigateway-integration") if isinstance(method, Mapping) else None
            if isinstance(integration, Mapping) and isinstance(integration.get("uri"), Mapping):
                message = "Unable to parse API definition because of a malformed integration at path"
                yield "body", f"BadRequestException: {message} {path}."
