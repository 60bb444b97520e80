"""SageMaker: models, endpoint configurations and endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.identity import ROLE, may
from rehearsal.judge.rules.aws.scaling import TARGET
from rehearsal.values import UNKNOWN

MODEL = "aws:sagemaker/model:Model"
CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
# A repository of the account's own or AWS's: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:3`.
_ECR = re.compile(r"\d{12}\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws)/")
_ROUTING = "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration"
_INVALID = "ValidationException"


@rule(MODEL, source=f"{_API}/API_CreateModel.html")
def containers_of_a_model(it: Resource) -> Found:
    primary, several = it.get("primaryContainer"), it.get("containers")
    if primary is None and several is None:
        yield "primaryContainer", f"{_INVALID}: either PrimaryContainer or Containers must be specified"
    if primary is not None and several is not None:
        yield "containers", f"{_INVALID}: PrimaryContainer and Containers cannot both be specified"


@rule(MODEL, source="https://github.com/OElesin/sagemaker-autopilot-step-functions/issues/10")
def one_container_of_many_models(it: Resource) -> Found:
    modes = [one.get("mode") for _, one in it.blocks("containers")]
    if modes.count("MultiModel") > 1:
        message = f"{_INVALID}: More than one container in MultiModel mode is not supported with inference pipeline"
        yield "containers", f"{message}, found {modes.count('MultiModel')}"


@rule(MODEL, source=f"{_API}/API_ContainerDefinition.html")
def a_container_has_code(it: Resource) -> Found:
    for path, container in _containers(it):
        if not any(container.get(name) for name in ("image", "modelPackageName", "inferenceSpecificationName")):
            yield path, f"{_INVALID}: Image or ModelPackageName must be specified"
        if container.get("modelDataUrl") and container.get("modelDataSource"):
            yield f"{path}.modelDataSource", f"{_INVALID}: ModelDataUrl and ModelDataSource cannot both be given"


@rule(MODEL, source=f"{_API}/API_S3ModelDataSource.html")
def data_of_a_container(it: Resource) -> Found:
    for path, container in _containers(it):
        for inside, one in container.blocks("modelDataSource.s3DataSources"):
            where, uri = f"{path}.{inside}", one.text("s3Uri")
            kind, packed = one.text("s3DataType"), one.text("compressionType")
            if kind == "S3Prefix" and uri and not uri.endswith("/"):
                message = f"{_INVALID}: a valid key name prefix identified by S3Uri always ends with a forward slash"
                yield f"{where}.s3Uri", f"{message}, found {uri!r}"
            if kind == "S3Prefix" and packed == "Gzip":
                yield f"{where}.compressionType", f"{_INVALID}: Gzip is for an S3Object; a prefix takes None"


@rule(MODEL, source=f"{_GUIDE}/your-algorithms-containers-inference-private.html")
def image_is_in_ecr(it: Resource) -> Found:
    for path, container in _containers(it):
        image, private = container.text("image"), container.get("imageConfig.repositoryAccessMode") == "Vpc"
        if image and not _ECR.match(image) and not private:
            message = f"{_INVALID}: Using non-ECR image {image!r} without Vpc repository access mode"
            yield f"{path}.image", f"{message} is not supported"


@rule(MODEL, source=f"{_API}/API_ContainerDefinition.html")
def image_is_in_the_region(it: Resource, program: Program) -> Found:
    for path, container in _containers(it):
        image = container.text("image")
        match = _ECR.match(image)
        if match and it.region and match["region"] != it.region:
            yield f"{path}.image", f"{_INVALID}: The image {image!r} must be in the region of the model, {it.region}"


@rule("aws:sagemaker/notebookInstance:NotebookInstance", source=f"{_API}/API_CreateNotebookInstance.html")
def network_of_a_notebook(it: Resource) -> Found:
    if it.get("subnetId") is None and it.get("securityGroups") is not None:
        yield "subnetId", f"{_INVALID}: security groups need a subnet"
    if it.get("subnetId") is None and it.get("directInternetAccess") == "Disabled":
        yield "subnetId", f"{_INVALID}: without direct internet access a subnet is required"


@rule(CONFIG, source=f"{_API}/API_CreateEndpointConfig.html")
def variants_of_a_configuration(it: Resource) -> Found:
    variants, shadows = it.blocks("productionVariants"), it.blocks("shadowProductionVariants")
    for name in list_repeated(one.text("variantName") for _, one in [*variants, *shadows]):
        yield "productionVariants", f"{_INVALID}: Variant names must be unique, found {name!r} twice"
    if len(shadows) > 1 or (shadows and len(variants) > 1):
        message = f"{_INVALID}: one shadow variant for one production variant"
        yield "shadowProductionVariants", f"{message}, found {len(shadows)} for {len(variants)}"
    if it.get("asyncInferenceConfig") is not None and len(variants) > 1:
        yield "asyncInferenceConfig", f"{_INVALID}: an asynchronous endpoint has exactly one variant"


@rule(CONFIG, source=f"{_GUIDE}/serverless-endpoints.html")
def serverless_or_instances(it: Resource) -> Found:
    for path, variant in it.blocks("productionVariants"):
        serverless = variant.get("serverlessConfig")
        instances = [name for name in ("instanceType", "initialInstanceCount") if variant.get(name) is not None]
        if serverless and instances:
            message = f"{_INVALID}: ServerlessConfig cannot be specified with instances"
            yield f"{path}.{instances[0]}", f"{message}: found {', '.join(instances)} as well"
        if not serverless and not variant.get("instanceType") and variant.get("modelName") is not None:
            yield path, f"{_INVALID}: InstanceType or ServerlessConfig must be specified"
        most, warm = (
            variant.number(f"serverlessConfig.{name}") for name in ("maxConcurrency", "provisionedConcurrency")
        )
        if most is not None and warm is not None and warm > most:
            message = f"{_INVALID}: ProvisionedConcurrency must be at most MaxConcurrency"
            yield f"{path}.serverlessConfig.provisionedConcurrency", f"{message}: {warm:g} > {most:g}"
        for name in ("dataCaptureConfig", "asyncInferenceConfig"):
            if serverless and it.get(name) is not None:
                yield name, f"{_INVALID}: {name} is not supported for serverless endpoints"


@rule(CONFIG, source=f"{_GUIDE}/endpoint-auto-scaling-zero-instances.html")
def instances_down_to_none(it: Resource) -> Found:
    for path, variant in it.blocks("productionVariants"):
        least = variant.number("managedInstanceScaling.minInstanceCount")
        if least == 0 and variant.get("modelName") is not None:
            message = f"{_INVALID}: ManagedInstanceScaling is only supported for inference component endpoints"
            yield f"{path}.managedInstanceScaling.minInstanceCount", f"{message}: a variant with a model keeps one"


@rule(CONFIG, source=f"{_GUIDE}/serverless-endpoints.html")
def serverless_model_has_no_network(it: Resource, program: Program) -> Found:
    for path, variant in it.blocks("productionVariants"):
        model = program.refer(it, f"{path}.modelName", MODEL)
        if variant.get("serverlessConfig") and model and model.get("vpcConfig") is not None:
            message = f"{_INVALID}: serverless endpoints do not support a VpcConfig"
            yield f"{path}.modelName", f"{message}; the model {model.name!r} has one"


@rule(ENDPOINT, source="https://github.com/aws/sagemaker-python-sdk/issues/1835")
def roles_pull_their_images(it: Resource, program: Program) -> Found:
    config = program.refer(it, "endpointConfigName", CONFIG)
    if any(program.of("aws:ecr/repositoryPolicy:RepositoryPolicy")):
        return  # it may let the role pull
    for path, _ in config.blocks("productionVariants") if config else ():
        model = program.refer(config, f"{path}.modelName", MODEL) if config else None
        role = program.refer(model, "executionRoleArn", ROLE) if model else None
        if model and role and may(role, "ecr:BatchGetImage", program) is False:
            message = (
                "Failed. Reason: Please make sure all images included in the model for the production variant exist,"
            )
            message = f"{message} and that the execution role used to create the model has permissions to access them"
            yield "endpointConfigName", f"{message}: {role.name!r} may not pull those of {model.name!r}"


@rule(ENDPOINT, source=f"{_API}/API_DeploymentConfig.html")
def one_update_policy(it: Resource) -> Found:
    both = it.get("deploymentConfig.blueGreenUpdatePolicy"), it.get("deploymentConfig.rollingUpdatePolicy")
    if None not in both:
        yield "deploymentConfig", f"{_INVALID}: BlueGreenUpdatePolicy and RollingUpdatePolicy exclude each other"


@rule(ENDPOINT, source=f"{_API}/API_TrafficRoutingConfig.html")
def sizes_of_the_traffic_routing(it: Resource) -> Found:
    kind = it.text(f"{_ROUTING}.type")
    sizes = {"CANARY": "canarySize", "LINEAR": "linearStepSize"}
    for name, wanted in sizes.items():
        given = it.get(f"{_ROUTING}.{wanted}")
        if kind == name and given is None:
            yield f"{_ROUTING}.{wanted}", f"{_INVALID}: it must be specified for {kind} traffic routing"
        if kind and kind != name and given is not None:
            yield f"{_ROUTING}.{wanted}", f"{_INVALID}: it cannot be specified for {kind} traffic routing"
    size = sizes.get(kind)
    if size and it.get(f"{_ROUTING}.{size}.type") == "CAPACITY_PERCENT":
        least, most = (1, 50) if kind == "CANARY" else (10, 50)
        value = it.number(f"{_ROUTING}.{size}.value")
        if value is not None and not least <= value <= most:
            yield f"{_ROUTING}.{size}.value", f"{_INVALID}: found {value:g} %, expected {least} to {most} %"


@rule(ENDPOINT, source=f"{_API}/API_RollingUpdatePolicy.html")
def size_of_a_rolling_batch(it: Resource) -> Found:
    path = "deploymentConfig.rollingUpdatePolicy.maximumBatchSize"
    value = it.number(f"{path}.value")
    if it.get(f"{path}.type") == "CAPACITY_PERCENT" and value is not None and not 5 <= value <= 50:
        yield f"{path}.value", f"{_INVALID}: MaximumBatchSize must be 5 to 50 % of the capacity, found {value:g}"


@rule(ENDPOINT, source=f"{_GUIDE}/deployment-guardrails-exclusions.html")
def rolling_fits_the_variants(it: Resource, program: Program) -> Found:
    config = program.refer(it, "endpointConfigName", CONFIG)
    if config is None or it.get("deploymentConfig.rollingUpdatePolicy") is None:
        return
    variants = config.blocks("productionVariants")
    message = f"{_INVALID}: rolling deployments are not supported for"
    if any(one.get("serverlessConfig") for _, one in variants):
        yield "deploymentConfig.rollingUpdatePolicy", f"{message} serverless endpoints"
    if len(variants) > 1:
        yield "deploymentConfig.rollingUpdatePolicy", f"{message} endpoints with several variants"


@rule(TARGET, source=f"{_GUIDE}/endpoint-auto-scaling-prerequisites.html")
def variant_can_scale(it: Resource, program: Program) -> Found:
    if not it.text("scalableDimension").startswith("sagemaker:variant"):
        return
    for config in _configurations(it, program):
        lists = ("productionVariants", "shadowProductionVariants")
        variants = [one for name in lists for _, one in config.blocks(name)]
        named = re.fullmatch(r"endpoint/[^/]+/variant/(.+)", it.text("resourceId"))
        names = [one.get("variantName") for one in variants]
        if named and None not in names and UNKNOWN not in names and named[1] not in names:
            message = f"{_INVALID}: the endpoint has no variant {named[1]!r}"
            yield "resourceId", f"{message}, expected one of {', '.join(map(repr, names))}"
        chosen = [one for one in variants if not named or one.get("variantName") == named[1]]
        for one in chosen if len(variants) == 1 or named else []:
            kind = one.get("instanceType")
            if isinstance(kind, str) and kind.startswith("ml.t2."):
                yield "resourceId", f"{_INVALID}: Autoscaling is not supported for variants of type {kind}"
            if one.get("serverlessConfig") and it.text("scalableDimension").endswith("DesiredInstanceCount"):
                yield "scalableDimension", f"{_INVALID}: a serverless variant has no instances to scale"


def _configurations(it: Resource, program: Program) -> Iterator[Resource]:
    """The configuration of the endpoint that a scalable target is about."""
    sources = [program.by_urn[urn] for urn in it.sources.get("resourceId", ()) if urn in program.by_urn]
    named = it.text("resourceId").split("/")
    endpoints = [one for one in sources if one.type == ENDPOINT]
    if not endpoints and len(named) == 4:
        endpoints = [one for one in program.of(ENDPOINT) if one.text("name") == named[1]]
    for endpoint in endpoints if len(endpoints) == 1 else ():
        config = program.refer(endpoint, "endpointConfigName", CONFIG)
        if config:
            yield config


def _containers(it: Resource) -> Iterator[tuple[str, Resource]]:
    primary = it.get("primaryContainer")
    if isinstance(primary, Mapping):
        yield "primaryContainer", Resource("", "", primary)
    yield from it.blocks("containers")
