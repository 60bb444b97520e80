"""SageMaker endpoints: how many instances answer, and what changes their number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability, lifecycle
from ..sagemaker_modes import (
    answers,
    by_components,
    endpoint_queues,
    endpoints_of,
    fleets_of,
    names_of,
    queues,
    serverless,
    targets_of,
    variant_scaled_by,
    variants_of,
)
from ..serving import CONFIGURATION, ENDPOINT, SCALABLE
from .application_autoscaling import POLICY

GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg"
# GPUs or chips by the half dozen serve models of tens of gigabytes: ml.p4d.24xlarge, ml.g5.12xlarge, ml.inf2.48xlarge
LARGE = re.compile(r"ml\.(p[4-9][a-z-]*\.\w+|(g[5-9]e?|inf2|trn\d[a-z]*)\.(12|16|24|32|48)xlarge)")
LIMITS = ("modelDataDownloadTimeoutInSeconds", "containerStartupHealthCheckTimeoutInSeconds")


@autoscaling.critical(
    ENDPOINT,
    reference=f"{GUIDE}/endpoint-auto-scaling.html",
    fix="Register a scalable target for each variant (dimension sagemaker:variant:DesiredInstanceCount).",
    config_key="scaling",
)
def sagemaker_endpoint_scales(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """Every variant of a real-time endpoint has a scalable target.

    A real-time endpoint keeps the number of instances that it was created with. Without a target on its variant,
    the first busy day ends in throttled requests. (Left out are serverless variants, which scale by themselves,
    variants without a model, which scale with their inference components, and asynchronous endpoints, whose
    requests wait in a queue.)
    """
    variants = variants_of(endpoint, stack)
    if any(serverless(variant) or by_components(variant) for variant in variants) or endpoint_queues(endpoint, stack):
        return
    scaled = [variant_scaled_by(target) for target in stack.referring(endpoint, SCALABLE, "resourceId")]
    if not scaled:
        yield "no scalable target's resourceId is this endpoint's variant, wanted one"
        return
    for variant in variants if len(variants) > 1 and all(scaled) else ():
        if answers(variant) and variant.has("variantName") and variant.text("variantName") not in scaled:
            yield f"no scalable target names the variant {variant.show('variantName')}, wanted one for each"


@autoscaling.critical(
    SCALABLE,
    reference=f"{GUIDE}/endpoint-auto-scaling-add-policy.html",
    fix="Give resource_id the endpoint's name and the variant_name that its configuration has.",
)
def sagemaker_target_names_a_variant(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target names a variant that the endpoint has.

    AWS refuses to register a variant that the configuration does not have. If a variant is renamed under an
    existing target, the target scales nothing.
    """
    scaled = variant_scaled_by(target)
    for endpoint in stack.follow(target, "resourceId", ENDPOINT):
        names = names_of(variants_of(endpoint, stack))
        if scaled and names and scaled not in names:
            yield f'resourceId names the variant "{scaled}", wanted one of {", ".join(names)}'


@availability.high(
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-4",
    fix="Set the variant's initial_instance_count to 2 or more.",
    config_key="endpoint.initial_instances",
)
def sagemaker_variant_starts_with_two(configuration: Resource, *, least: int = 2) -> Iterator[str]:
    """A variant starts with at least two instances.

    SageMaker spreads instances over zones only if there is more than one. Every update starts a fleet of this size,
    so an update of a one-instance variant is served from one zone. (Left out are asynchronous endpoints, whose
    requests wait, managed instance scaling, which sets the number itself, and variants of weight 0, which answer
    nobody.)
    """
    for variant in configuration.children("productionVariants"):
        managed = by_components(variant) and variant.text("managedInstanceScaling.status") == "ENABLED"
        count = variant.number("initialInstanceCount")
        if serverless(variant) or queues(configuration) or managed or not answers(variant):
            continue
        if count is None or count < least:
            yield f"initialInstanceCount is {variant.show('initialInstanceCount')}, wanted {least} or more"


@lifecycle.high(
    CONFIGURATION,
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Set the variant's initial_instance_count to the scalable target's min_capacity or more.",
    config_key="endpoint.initial_instances",
)
def sagemaker_update_keeps_capacity(configuration: Resource, stack: Stack) -> Iterator[str]:
    """A variant does not start with fewer instances than autoscaling keeps.

    The provider does not retain variant properties, so each update begins at initialInstanceCount. If that is below
    the minimum of the variant's scalable target, a deployment at noon shrinks the fleet while traffic is high.
    """
    variants = configuration.children("productionVariants")
    for endpoint in endpoints_of(configuration, stack):
        for variant in variants:
            count = variant.number("initialInstanceCount")
            for target in targets_of(variant, endpoint, len(variants) == 1, stack):
                low = target.number("minCapacity") or 0
                if count is not None and count < low:
                    yield f"initialInstanceCount is {count:g}, wanted the target's minCapacity ({low:g}) or more"


@autoscaling.high(
    CONFIGURATION,
    reference=f"{GUIDE}/endpoint-auto-scaling-add-console.html",
    fix="Choose an instance type outside the ml.t2, ml.t3 and ml.t4g families.",
    config_key="endpoint.instance_type",
)
def sagemaker_variant_type_can_scale(configuration: Resource) -> Iterator[str]:
    """A variant's instance type can be autoscaled.

    Burstable instances cannot be registered as a scalable target, and their credits run out under steady inference.
    """
    for variant in configuration.children("productionVariants"):
        kind = variant.text("instanceType") or ""
        if kind.startswith(("ml.t2.", "ml.t3.", "ml.t4g.")):
            yield f'instanceType is "{kind}", wanted one that is not burstable'


@autoscaling.high(
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantManagedInstanceScaling.html",
    fix="Remove managed_instance_scaling, or the model's name where inference components bring the models.",
)
def sagemaker_variant_has_one_scaler(configuration: Resource) -> Iterator[str]:
    """A variant with a model of its own has no managed instance scaling.

    Managed instance scaling follows the copies of inference components. On a variant with its own model the API
    refuses it, after everything before it was changed (github.com/hashicorp/terraform-provider-aws/issues/45926).
    """
    for variant in configuration.children("productionVariants"):
        if variant.has("modelName") and variant.text("managedInstanceScaling.status") == "ENABLED":
            yield 'managedInstanceScaling.status is "ENABLED" on a variant with a model, wanted it absent'


@autoscaling.high(
    SCALABLE,
    reference=f"{GUIDE}/async-inference-autoscale.html",
    fix="Add a StepScaling policy that an alarm on HasBacklogWithoutCapacity calls.",
)
def sagemaker_target_scales_from_zero(target: Resource, stack: Stack) -> Iterator[str]:
    """A scalable target with a minimum of zero has a policy that scales it out again.

    With no instance, or no copy of an inference component, there is no load per instance to track. With target
    tracking alone, the first requests in a queue wait until many more have come, and requests to a component are
    refused. A step policy on HasBacklogWithoutCapacity or NoCapacityInvocationFailures starts an instance for the
    first request.
    """
    copies = target.text("scalableDimension") == "sagemaker:inference-component:DesiredCopyCount"
    queued = any(endpoint_queues(endpoint, stack) for endpoint in stack.follow(target, "resourceId", ENDPOINT))
    if target.number("minCapacity") != 0 or not (copies or queued):
        return
    policies = stack.referring(target, POLICY, "resourceId")
    if not any(policy.text("policyType") in (None, "StepScaling") for policy in policies):
        metric = "NoCapacityInvocationFailures" if copies else "HasBacklogWithoutCapacity"
        yield f"minCapacity is 0 and no scaling policy is of type StepScaling, wanted one on {metric}"


@availability.medium(
    CONFIGURATION,
    reference=f"{GUIDE}/large-model-inference-hosting.html",
    fix="Set model_data_download_timeout_in_seconds and container_startup_health_check_timeout_in_seconds (to 3600).",
)
def sagemaker_large_model_has_time_to_start(configuration: Resource) -> Iterator[str]:
    """A variant for a large model sets how long it may take to start.

    Tens of gigabytes take longer to download and load than the defaults allow. The instance is then replaced while
    it loads, again and again, and the endpoint ends in Failed (github.com/aws/amazon-sagemaker-examples/issues/650,
    /3432).
    """
    for variant in fleets_of(configuration):
        large = LARGE.fullmatch(variant.text("instanceType") or "") and not by_components(variant)
        missing = [limit for limit in LIMITS if not variant.has(limit)]
        if large and missing:
            yield f"{missing[0]} is not set for {variant.show('instanceType')}, wanted the time the model needs"


@availability.high(
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html",
    fix="Set provisioned_concurrency to max_concurrency or less.",
)
def sagemaker_serverless_provisions_within_its_maximum(configuration: Resource) -> Iterator[str]:
    """A serverless variant provisions no more concurrency than its maximum.

    SageMaker refuses an endpoint configuration whose provisioned concurrency exceeds the maximum concurrency.
    """
    for variant in configuration.children("productionVariants"):
        most, warm = (variant.number(f"serverlessConfig.{part}Concurrency") for part in ("max", "provisioned"))
        if most is not None and warm is not None and warm > most:
            yield f"provisionedConcurrency is {warm:g} and maxConcurrency {most:g}, wanted {most:g} or less"


@autoscaling.high(
    CONFIGURATION,
    reference="https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantManagedInstanceScaling.html",
    fix="Set max_instance_count above min_instance_count, and that to 2 or more (or 0, where the endpoint may sleep).",
)
def sagemaker_managed_scaling_has_room(configuration: Resource) -> Iterator[str]:
    """Managed instance scaling has room, and keeps two instances where it keeps any.

    Copies of a model that a policy adds need an instance. With equal bounds they find none once the instances are
    full, and with one instance every copy is in one zone.
    """
    for variant in configuration.children("productionVariants"):
        managed = variant.child("managedInstanceScaling")
        low, high = managed.number("minInstanceCount"), managed.number("maxInstanceCount")
        if managed.text("status") != "ENABLED" or low is None or high is None:
            continue
        if high <= low:
            yield f"maxInstanceCount is {high:g} and minInstanceCount {low:g}, wanted a maximum above the minimum"
        if low == 1:
            yield "minInstanceCount is 1, wanted 2 or more, or 0"
