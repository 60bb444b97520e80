"""SageMaker models and endpoints: what they may reach, who may read their data, and what is watched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..images import movable_images, moves_by_its_name
from ..resources import Resource, Stack
from ..rule import rule
from ..sagemaker_modes import MODEL, all_serverless, fleets_of, images_of, queues
from ..serving import CONFIGURATION
from .sagemaker_rollout import GUIDE

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html"
# Nitro families with local NVMe encrypt it in hardware, and a volume key does not reach it. A "d" after the generation
# says so (m5d, c6gd, p4de), and the newer accelerator families all have it.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html (KmsKeyId)
LOCAL_NVME = re.compile(r"[a-z]+\d+[a-z]*d[a-z]*|(gr?[5-9]|p[5-9]|trn\d|i\d)[a-z-]*")


@rule(
    MODEL,
    category="security",
    severity="high",
    reference=f"{HUB}#sagemaker-5",
    fix="Set enable_network_isolation; SageMaker still downloads the artefact for the container.",
    serving=True,
)
def sagemaker_model_is_isolated(model: Resource, stack: Stack) -> Iterator[str]:
    """A model container cannot call out.

    A model artefact is code somebody downloaded. Isolated, it can neither send requests' contents away nor use the
    role's credentials. Serverless variants know no isolation; a container that fetches its model or its features by
    itself cannot have it either: that one is told to run in a network that lets it reach nothing else
    (https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html).
    """
    if not model.count("vpcConfig.subnets") and not _fetches_its_model(model) and not _runs_serverless(model, stack):
        yield from _not_isolated(model)


@rule(
    MODEL,
    category="security",
    severity="medium",
    reference=f"{HUB}#sagemaker-5",
    fix="Set enable_network_isolation where the container needs nobody; SageMaker still downloads the artefact.",
    serving=True,
)
def sagemaker_model_in_a_network_is_isolated(model: Resource) -> Iterator[str]:
    """A model container in the team's network that needs nobody calls nobody.

    What it may reach there is the security group's business, which is wider than the model's more often than not. It is
    advice, because a container that asks a feature store must call out.
    """
    if model.count("vpcConfig.subnets") and not _fetches_its_model(model):
        yield from _not_isolated(model)


def _not_isolated(model: Resource) -> Iterator[str]:
    if not model.flag("enableNetworkIsolation"):
        yield f"enableNetworkIsolation is {model.show('enableNetworkIsolation')}, wanted true"


@rule(
    MODEL,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/deployment-best-practices.html",
    fix="Give vpc_config subnets in 2 zones or more.",
    config_key="availability.zones",
    serving=True,
)
def sagemaker_model_spans_zones(model: Resource, stack: Stack, *, zones: int = 2) -> Iterator[str]:
    """A model in a network has subnets in at least two zones.

    SageMaker places instances only in the zones of the subnets it is given. Given none, it spreads them by itself.
    (Serverless variants run in no VPC.)
    """
    if not model.has("vpcConfig") or _runs_serverless(model, stack):
        return
    if (count := stack.zones(model, "vpcConfig.subnets")) < zones:
        yield f"vpcConfig.subnets reaches {count} zones, wanted {zones} or more"


@rule(
    MODEL,
    category="security",
    severity="medium",
    reference=f"{GUIDE}/host-vpc.html",
    fix="Give the model vpc_config with private subnets and a security group.",
    serving=True,
)
def sagemaker_model_is_in_a_network(model: Resource, stack: Stack) -> Iterator[str]:
    """A model runs in a network of the team's.

    Outside one, traffic to the model's data leaves the network the team controls. It is advice: an isolated container
    can call nobody wherever it is.
    """
    if not model.has("vpcConfig") and not _runs_serverless(model, stack):
        yield "vpcConfig is not set, wanted private subnets"


def _fetches_its_model(model: Resource) -> bool:
    """Whether no container is given a model: it downloads one when it starts (HF_MODEL_ID)."""
    containers = [*model.children("primaryContainer"), *model.children("containers")]
    given = ("modelDataUrl", "modelDataSource", "modelPackageName")
    return bool(containers) and all(
        container.has("environment.HF_MODEL_ID") and not any(container.has(path) for path in given)
        for container in containers
    )


def _runs_serverless(model: Resource, stack: Stack) -> bool:
    return all_serverless(stack.referring(model, CONFIGURATION, "productionVariants"))


@rule(
    MODEL,
    category="security",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_validate_software_integrity.html",
    fix="Name the image by digest (repository@sha256:…).",
    config_key="endpoint.image",
    serving=True,
)
def sagemaker_model_image_is_pinned(model: Resource, stack: Stack) -> Iterator[str]:
    """A model's image is named by its content, or by a tag that does not move.

    SageMaker looks up a tag's digest when the model is deployed. The same program deployed tomorrow, in another
    environment or when going back, may run another image than the one that was tested and reviewed. Tags of a
    repository in this stack that is immutable, and version tags of AWS's own deep learning containers, are as good as a
    digest.
    """
    for image in movable_images(images_of(model), model, "primaryContainer", stack):
        if moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@rule(
    CONFIGURATION,
    category="security",
    severity="medium",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/sagemaker-endpoint-configuration-kms-key-configured.html",
    fix="Give the endpoint configuration the stack's KMS key.",
)
def sagemaker_volumes_are_encrypted(configuration: Resource) -> Iterator[str]:
    """Instances keep the model on volumes encrypted with the team's key.

    The weights are on every instance's disk. Families with local NVMe are left out: they encrypt it in hardware, and a
    key does not reach it.
    """
    families = [
        (variant.text("instanceType") or "").split(".")[1:2] for variant in configuration.children("productionVariants")
    ]
    keyed = [family for each in families for family in each if not LOCAL_NVME.fullmatch(family)]
    if keyed and not configuration.has("kmsKeyArn"):
        yield "kmsKeyArn is not set, wanted a KMS key"


@rule(
    CONFIGURATION,
    category="security",
    severity="high",
    reference=f"{GUIDE}/model-monitor-data-capture-endpoint.html",
    fix="Give the data capture the stack's KMS key.",
)
def sagemaker_captured_data_is_encrypted(configuration: Resource) -> Iterator[str]:
    """Captured requests are encrypted with the team's key.

    Data capture stores what callers sent, which is the most sensitive data the endpoint ever holds.
    """
    if configuration.flag("dataCaptureConfig.enableCapture") and not configuration.has("dataCaptureConfig.kmsKeyId"):
        yield "dataCaptureConfig.kmsKeyId is not set, wanted a KMS key"


@rule(
    CONFIGURATION,
    category="observability",
    severity="medium",
    reference=f"{GUIDE}/model-monitor-data-capture-endpoint.html",
    fix="Enable data capture with the sampling the team can afford.",
    config_key="endpoint.capture_percent",
)
def sagemaker_endpoint_captures_data(configuration: Resource) -> Iterator[str]:
    """A sample of requests and answers is kept.

    Drift shows only in the data. Without a sample the first sign that a model has become wrong is a complaint. The
    provider's enableCapture is false unless it is set. It is advice: SageMaker's own Model Monitor is closed to new
    customers, and samples can be kept elsewhere. (Serverless variants cannot capture, asynchronous ones keep it all.)
    """
    if all_serverless([configuration]) or queues(configuration):
        return
    if not configuration.flag("dataCaptureConfig.enableCapture"):
        yield f"dataCaptureConfig.enableCapture is {configuration.show('dataCaptureConfig.enableCapture')}, wanted true"
    elif not 0 < (configuration.number("dataCaptureConfig.initialSamplingPercentage") or 0) <= 100:
        found = configuration.show("dataCaptureConfig.initialSamplingPercentage")
        yield f"dataCaptureConfig.initialSamplingPercentage is {found}, wanted 1 to 100"


@rule(
    CONFIGURATION,
    category="security",
    severity="high",
    reference=f"{GUIDE}/ssm-access.html",
    fix="Remove enable_ssm_access from the variant.",
)
def sagemaker_variant_has_no_shell(configuration: Resource) -> Iterator[str]:
    """Nobody can open a shell on a serving instance.

    Session Manager access is for debugging a container, not for production: whoever enters sees requests and
    credentials.
    """
    for variant in fleets_of(configuration):
        if variant.flag("enableSsmAccess"):
            yield "enableSsmAccess is true, wanted false"
