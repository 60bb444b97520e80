"""What kind of SageMaker endpoint a configuration makes: rules differ between them."""

from __future__ import annotations

from collections.abc import Iterable

from .properties import Properties
from .resources import Resource, Stack
from .serving import CONFIGURATION, ENDPOINT, SCALABLE

MODEL = "aws:sagemaker/model:Model"
VARIANTS = "productionVariants"


def images_of(model: Resource) -> list[str]:
    containers = model.children("primaryContainer") + model.children("containers")
    return [image for container in containers if (image := container.text("image"))]


def variants_of(endpoint: Resource, stack: Stack) -> list[Properties]:
    """The production variants of an endpoint; none where its configuration is not in this stack."""
    return [
        variant for config in stack.follow(endpoint, "endpointConfigName", CONFIGURATION) for variant in _of(config)
    ]


def _of(configuration: Resource) -> list[Properties]:
    return configuration.children(VARIANTS)


def fleets_of(configuration: Resource) -> list[Properties]:
    """All that runs instances: the variants that answer, and the shadow that hears a copy."""
    return [*_of(configuration), *configuration.children("shadowProductionVariants")]


def names_of(variants: Iterable[Properties]) -> list[str]:
    """The names of variants; none where one of them is not known, or left to the provider."""
    found = [variant.text("variantName") if variant.known("variantName") else None for variant in variants]
    return [name for name in found if name] if all(found) else []


def serverless(variant: Properties) -> bool:
    """Serverless variants have no instances, network, volumes or data capture of their own."""
    return variant.has("serverlessConfig")


def by_components(variant: Properties) -> bool:
    """A variant without a model hosts inference components, which are scaled and updated on their own."""
    return not variant.has("modelName")


def answers(variant: Properties) -> bool:
    """Whether the variant gets a share of the requests; the provider's default weight is 1."""
    return variant.number("initialVariantWeight") != 0


def queues(configuration: Resource) -> bool:
    """Requests to an asynchronous endpoint wait in a queue: it may have one instance, or none while there are none."""
    return configuration.has("asyncInferenceConfig")


def endpoint_queues(endpoint: Resource, stack: Stack) -> bool:
    return any(queues(config) for config in stack.follow(endpoint, "endpointConfigName", CONFIGURATION))


def all_serverless(configurations: Iterable[Resource]) -> bool:
    variants = [variant for configuration in configurations for variant in _of(configuration)]
    return bool(variants) and all(serverless(variant) for variant in variants)


def variant_scaled_by(target: Resource) -> str | None:
    """The variant that a scalable target names in `endpoint/NAME/variant/VARIANT`; None where it is not known."""
    _, marker, variant = (target.text_if_known("resourceId") or "").rpartition("/variant/")
    return variant if marker else None


def targets_of(variant: Properties, endpoint: Resource, alone: bool, stack: Stack) -> list[Resource]:
    """The scalable targets of one variant. One whose variant is not known counts where the variant is `alone`."""
    name = variant.text("variantName") if variant.known("variantName") else None
    scaled = ((target, variant_scaled_by(target)) for target in stack.referring(endpoint, SCALABLE, "resourceId"))
    return [target for target, named in scaled if (named == name if named and name else alone)]


def endpoints_of(configuration: Resource, stack: Stack) -> list[Resource]:
    return stack.referring(configuration, ENDPOINT, "endpointConfigName")
