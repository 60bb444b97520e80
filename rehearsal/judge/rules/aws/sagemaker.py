"""SageMaker: models, endpoint configurations and endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.buckets import BUCKETS
from rehearsal.judge.rules.aws.buckets import POLICY as BUCKET_POLICY
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.judge.rules.aws.scaling import TARGET
from rehearsal.values import UNKNOWN

MODEL = "aws:sagemaker/model:Model"
CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
_INVALID = "ValidationException"


@rule(MODEL, source="https://github.com/OElesin/sagemaker-autopilot-step-functions/issues/10")
def one_container_of_many_models(it: Resource) -> Found:
    modes = [container.get("mode") for _, container in it.blocks("containers")]
    if modes.count("MultiModel") > 1:
        message = f"{_INVALID}: More than one container in MultiModel mode is not supported with inference pipeline"
        yield "containers", f"{message}, found {modes.count('MultiModel')}"


@rule(
    "aws:sagemaker/notebookInstance:NotebookInstance",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html",
)
def network_of_a_notebook(it: Resource) -> Found:
    if it.get("subnetId") is None and it.get("securityGroups") is not None:
        yield "subnetId", f"{_INVALID}: security groups need a subnet"
    if it.get("subnetId") is None and it.get("directInternetAccess") == "Disabled":
        yield "subnetId", f"{_INVALID}: without direct internet access a subnet is required"


@rule(
    "aws:sagemaker/pipeline:Pipeline",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html",
)
def definition_of_a_pipeline_is_json(it: Resource) -> Found:
    try:
        json.loads(it.text("pipelineDefinition") or "{}")
    except ValueError as error:
        yield "pipelineDefinition", f"{_INVALID}: Unable to parse pipeline definition: {error}"


@rule(ENDPOINT, source="https://github.com/aws/sagemaker-python-sdk/issues/1835")
def roles_pull_their_images(it: Resource, program: Program) -> Found:
    config = program.refer(it, "endpointConfigName", CONFIG)
    if any(program.of("aws:ecr/repositoryPolicy:RepositoryPolicy")):
        return  # a repository policy may allow the role to pull
    for path, _ in config.blocks("productionVariants") if config else ():
        model = program.refer(config, f"{path}.modelName", MODEL) if config else None
        role = program.refer(model, "executionRoleArn", ROLE) if model else None
        if model and role and may(role, "ecr:BatchGetImage", program) is False:
            message = (
                "Failed. Reason: Please make sure all images included in the model for the production variant exist,"
            )
            message = f"{message} and that the execution role used to create the model has permissions to access them"
            yield "endpointConfigName", f"{message}: {role.name!r} may not pull those of {model.name!r}"


@rule(MODEL, source="https://github.com/philschmid/llm-sagemaker-sample/issues/2")
def role_reads_the_model_data(it: Resource, program: Program) -> Found:
    role = program.refer(it, "executionRoleArn", ROLE)
    paths = ["primaryContainer", *(path for path, _ in it.blocks("containers"))]
    for path in paths if role else ():
        bucket = program.refer(it, f"{path}.modelDataUrl", *BUCKETS)
        # The policy of a bucket may allow the role what its own policies do not.
        private = bucket and bucket.new and not any(program.referring(bucket, "bucket", BUCKET_POLICY))
        if role and private and may(role, "s3:GetObject", program) is False:
            message = f"{_INVALID}: Could not access model data. Please ensure that the role exists and that its trust"
            message = f'{message} relationship policy allows the action. Also ensure that the role has "s3:GetObject"'
            yield f"{path}.modelDataUrl", f"{message} permissions (the role is {role.name!r})"


@rule(TARGET, source=f"{_GUIDE}/endpoint-auto-scaling-prerequisites.html")
def variant_can_scale(it: Resource, program: Program) -> Found:
    if not it.text("scalableDimension").startswith("sagemaker:variant"):
        return
    for config in _configurations(it, program):
        lists = ("productionVariants", "shadowProductionVariants")
        variants = [block for name in lists for _, block in config.blocks(name)]
        named = re.fullmatch(r"endpoint/[^/]+/variant/(.+)", it.text("resourceId"))
        names = [variant.get("variantName") for variant in variants]
        if named and None not in names and UNKNOWN not in names and named[1] not in names:
            message = f"{_INVALID}: the endpoint has no variant {named[1]!r}"
            yield "resourceId", f"{message}, expected one of {', '.join(map(repr, names))}"
        chosen = [variant for variant in variants if not named or variant.get("variantName") == named[1]]
        for one in chosen if len(variants) == 1 or named else []:
            kind = one.get("instanceType")
            if isinstance(kind, str) and kind.startswith("ml.t2."):
                yield "resourceId", f"{_INVALID}: Autoscaling is not supported for variants of type {kind}"
            if one.get("serverlessConfig") and it.text("scalableDimension").endswith("DesiredInstanceCount"):
                yield "scalableDimension", f"{_INVALID}: a serverless variant has no instances to scale"


def _configurations(it: Resource, program: Program) -> Iterator[Resource]:
    """Yields the endpoint configuration that a scalable target scales, if it is known."""
    sources = [program.by_urn[urn] for urn in it.sources.get("resourceId", ()) if urn in program.by_urn]
    named = it.text("resourceId").split("/")
    endpoints = [source for source in sources if source.type == ENDPOINT]
    if not endpoints and len(named) == 4:
        endpoints = [endpoint for endpoint in program.of(ENDPOINT) if endpoint.text("name") == named[1]]
    for endpoint in endpoints if len(endpoints) == 1 else ():
        config = program.refer(endpoint, "endpointConfigName", CONFIG)
        if config:
            yield config
