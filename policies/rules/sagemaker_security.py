"""SageMaker models and endpoints: what they may reach, and who may read their data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..images import movable_images, moves_by_its_name
from ..resources import Resource, Stack
from ..rule import availability, observability, security
from ..sagemaker_modes import MODEL, all_serverless, fleets_of, images_of, queues
from ..serving import CONFIGURATION
from .sagemaker_rollout import GUIDE

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
# Nitro families with local NVMe encrypt it in hardware, and a volume key does not reach it. A "d" after the generation
# says so (m5d, c6gd, p4de), and the newer accelerator families all have it.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId)
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
LOCAL_NVME = re.compile(r"[a-z]+\d+[a-z]*d[a-z]*|(gr?[5-9]|p[5-9]|trn\d|i\d)[a-z-]*")


@security.high(
    MODEL,
    reference=f"{HUB}#sagemaker-5",
    fix="Set enable_network_isolation; SageMaker still downloads the artefact for the container.",
    serving=True,
)
def sagemaker_model_is_isolated(model: Resource, stack: Stack) -> Iterator[str]:
    """A model container cannot call out.

    A model artefact is downloaded code. If the container is isolated, the code can neither send requests elsewhere
    nor use the role's credentials. (Left out are serverless variants, which do not support isolation, and
    containers that fetch their model or features themselves, which should run in a network that reaches nothing
    else: https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html.)
    """
    if not model.count("vpcConfig.subnets") and not _fetches_its_model(model) and not _runs_serverless(model, stack):
        yield from _not_isolated(model)


@security.medium(
    MODEL,
    reference=f"{HUB}#sagemaker-5",
    fix="Set enable_network_isolation where the container needs nobody; SageMaker still downloads the artefact.",
    serving=True,
)
def sagemaker_model_in_a_network_is_isolated(model: Resource) -> Iterator[str]:
    """A model container in the team's network is isolated if it needs no other service.

    Without isolation, the security group decides what it may reach, which is often more than the model needs. It is
    advice, because a container that asks a feature store must call out.
    """
    if model.count("vpcConfig.subnets") and not _fetches_its_model(model):
        yield from _not_isolated(model)


def _not_isolated(model: Resource) -> Iterator[str]:
    if not model.flag("enableNetworkIsolation"):
        yield f"enableNetworkIsolation is {model.show('enableNetworkIsolation')}, wanted true"


@availability.high(
    MODEL,
    reference=f"{GUIDE}/deployment-best-practices.html",
    fix="Give vpc_config subnets in 2 zones or more.",
    config_key="availability.zones",
    serving=True,
)
def sagemaker_model_spans_zones(model: Resource, stack: Stack, *, zones: int = 2) -> Iterator[str]:
    """A model in a network has subnets in at least two zones.

    SageMaker places instances only in the zones of the given subnets. Without subnets it spreads them by itself.
    (Serverless variants are left out: they run in no VPC.)
    """
    if not model.has("vpcConfig") or _runs_serverless(model, stack):
        return
    if (count := stack.zones(model, "vpcConfig.subnets")) < zones:
        yield f"vpcConfig.subnets reaches {count} zones, wanted {zones} or more"


@security.medium(
    MODEL,
    reference=f"{GUIDE}/host-vpc.html",
    fix="Give the model vpc_config with private subnets and a security group.",
    serving=True,
)
def sagemaker_model_is_in_a_network(model: Resource, stack: Stack) -> Iterator[str]:
    """A model runs in the team's network.

    Otherwise, traffic to the model's data leaves the network that the team controls. It is advice, because an
    isolated container can call nobody wherever it runs.
    """
    if not model.has("vpcConfig") and not _runs_serverless(model, stack):
        yield "vpcConfig is not set, wanted private subnets"


def _fetches_its_model(model: Resource) -> bool:
    """Whether the containers get no model, so that they download one when they start (HF_MODEL_ID)."""
    containers = [*model.children("primaryContainer"), *model.children("containers")]
    given = ("modelDataUrl", "modelDataSource", "modelPackageName")
    return bool(containers) and all(
        container.has("environment.HF_MODEL_ID") and not any(container.has(path) for path in given)
        for container in containers
    )


@availability.critical(
    MODEL,
    reference="https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
    fix="Give the container model_data_url or model_data_source, or leave enable_network_isolation off.",
)
def sagemaker_isolated_model_is_given_its_weights(model: Resource) -> Iterator[str]:
    """A container that cannot call out is given its model.

    SageMaker downloads the artefact for an isolated container. One that is only told a name of the Hub has to fetch
    the weights itself: it never passes its health check, and the endpoint fails.
    """
    containers = [*model.children("primaryContainer"), *model.children("containers")]
    named = any(HUB_NAME.fullmatch(container.text("environment.HF_MODEL_ID") or "") for container in containers)
    if model.flag("enableNetworkIsolation") and named and _fetches_its_model(model):
        yield "enableNetworkIsolation is true and HF_MODEL_ID names a model of the Hub, wanted its artefact"


def _runs_serverless(model: Resource, stack: Stack) -> bool:
    return all_serverless(stack.referring(model, CONFIGURATION, "productionVariants"))


@security.high(
    MODEL,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_validate_software_integrity.html",
    fix="Name the image by digest (repository@sha256:…).",
    config_key="endpoint.image",
    serving=True,
)
def sagemaker_model_image_is_pinned(model: Resource, stack: Stack) -> Iterator[str]:
    """A model's image is named by digest, or by a tag that does not move.

    SageMaker looks up a tag's digest when the model is deployed. The same program, deployed tomorrow, in another
    environment or when going back, may then run another image than the one that was tested and reviewed. An
    immutable repository in this stack makes tags as good as digests, and so are version tags of AWS's own deep
    learning containers.
    """
    for image in movable_images(images_of(model), model, "primaryContainer", stack):
        if moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@security.medium(
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/config/latest/developerguide/sagemaker-endpoint-configuration-kms-key-configured.html",
    fix="Give the endpoint configuration the stack's KMS key.",
)
def sagemaker_volumes_are_encrypted(configuration: Resource) -> Iterator[str]:
    """An endpoint's volumes are encrypted with the team's key.

    Every instance stores the model's weights on its disk. (Left out are families with local NVMe, which encrypt it
    in hardware without the key.)
    """
    families = [
        (variant.text("instanceType") or "").split(".")[1:2] for variant in configuration.children("productionVariants")
    ]
    keyed = [family for each in families for family in each if not LOCAL_NVME.fullmatch(family)]
    if keyed and not configuration.has("kmsKeyArn"):
        yield "kmsKeyArn is not set, wanted a KMS key"


@security.high(
    CONFIGURATION,
    reference=f"{GUIDE}/model-monitor-data-capture-endpoint.html",
    fix="Give the data capture the stack's KMS key.",
)
def sagemaker_captured_data_is_encrypted(configuration: Resource) -> Iterator[str]:
    """Captured requests are encrypted with the team's key.

    Data capture stores what callers sent, which is the most sensitive data that an endpoint has. The core dump of a
    container that crashed has the same requests in it, and what else was in memory.
    """
    if configuration.flag("dataCaptureConfig.enableCapture") and not configuration.has("dataCaptureConfig.kmsKeyId"):
        yield "dataCaptureConfig.kmsKeyId is not set, wanted a KMS key"
    for variant in configuration.children("productionVariants"):
        if variant.has("coreDumpConfig") and not variant.has("coreDumpConfig.kmsKeyId"):
            yield f"coreDumpConfig.kmsKeyId is not set in variant {variant.show('variantName')}, wanted a KMS key"


@observability.medium(
    CONFIGURATION,
    reference=f"{GUIDE}/model-monitor-data-capture-endpoint.html",
    fix="Enable data capture with the sampling the team can afford.",
    config_key="endpoint.capture_percent",
)
def sagemaker_endpoint_captures_data(configuration: Resource) -> Iterator[str]:
    """An endpoint keeps a sample of requests and answers.

    Drift only shows in the data. Without a sample, the first sign of a model that has become wrong is a complaint.
    The provider's enableCapture is false unless it is set. It is advice, because SageMaker's own Model Monitor is
    closed to new customers, and samples can be kept elsewhere. (Left out are serverless variants, which cannot
    capture, and asynchronous ones, which keep everything.)
    """
    if all_serverless([configuration]) or queues(configuration):
        return
    if not configuration.flag("dataCaptureConfig.enableCapture"):
        yield f"dataCaptureConfig.enableCapture is {configuration.show('dataCaptureConfig.enableCapture')}, wanted true"
    elif not 0 < (configuration.number("dataCaptureConfig.initialSamplingPercentage") or 0) <= 100:
        found = configuration.show("dataCaptureConfig.initialSamplingPercentage")
        yield f"dataCaptureConfig.initialSamplingPercentage is {found}, wanted 1 to 100"
    else:
        modes = {
            option.text("captureMode") or "" for option in configuration.children("dataCaptureConfig.captureOptions")
        }
        for missing in ("Input", "Output"):
            if modes and not modes & {missing, "InputAndOutput"}:
                yield f"dataCaptureConfig.captureOptions has no {missing}, wanted Input and Output"


@security.high(
    CONFIGURATION,
    reference=f"{GUIDE}/ssm-access.html",
    fix="Remove enable_ssm_access from the variant.",
)
def sagemaker_variant_has_no_shell(configuration: Resource) -> Iterator[str]:
    """A variant does not allow a shell on its instances.

    Session Manager access is for debugging a container, not for production: whoever uses it sees requests and
    credentials.
    """
    for variant in fleets_of(configuration):
        if variant.flag("enableSsmAccess"):
            yield "enableSsmAccess is true, wanted false"
