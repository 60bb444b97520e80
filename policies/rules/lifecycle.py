"""What a change must not interrupt, whatever the service."""

from __future__ import annotations

from collections.abc import Iterator

from ..names import chosen_by_the_program
from ..resources import Resource, Stack
from ..rule import lifecycle
from ..sagemaker_modes import MODEL
from ..serving import CONFIGURATION, ENDPOINT, GROUP, SERVICE, TASK, serves
from ..serving import SCALABLE as TARGET
from ..typenames import current_type
from .sagemaker_rollout import GUIDE

COPIES = "sagemaker:inference-component:DesiredCopyCount"  # a target that holds no variant

HELD = (
    ENDPOINT,
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:apigateway/restApi:RestApi",
    "aws:kms/key:Key",
    "azure-native:machinelearningservices:OnlineEndpoint",
    "azure-native:machinelearningservices:Workspace",
)
NAMED = {
    ENDPOINT: "name",
    "azure-native:machinelearningservices:OnlineEndpoint": "endpointName",
}
# what the pinned SDK calls deprecated ("has been deprecated in favor of"); `aws:alb/…` it keeps beside `aws:lb/…`
KINDS = (
    *("", "AccelerateConfiguration", "Acl", "CorsConfiguration", "LifecycleConfiguration", "Logging"),
    *("ObjectLockConfiguration", "RequestPaymentConfiguration", "ServerSideEncryptionConfiguration", "Versioning"),
    "WebsiteConfiguration",
)
RETIRED = {f"aws:s3/bucket{kind}V2:Bucket{kind}V2": f"aws:s3/bucket{kind}:Bucket{kind}" for kind in KINDS}


@lifecycle.medium(
    *HELD,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    fix="Set the resource option protect.",
    config_key="availability.protected",
)
def lifecycle_entry_point_is_protected(resource: Resource) -> Iterator[str]:
    """A resource that callers depend on is protected.

    An endpoint's name, an API's id or a key is used elsewhere. The engine refuses to delete or replace a protected
    resource until somebody removes the protection in a reviewed change. A load balancer's own protection against
    deletion counts as well.
    """
    if not resource.protected and not resource.flag("enableDeletionProtection"):
        yield "the option protect is not set, wanted it on what callers hold"


@lifecycle.medium(
    *NAMED,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming",
    fix="Give it a physical name made from the stack's name.",
)
def lifecycle_entry_point_has_a_fixed_name(resource: Resource) -> Iterator[str]:
    """A resource that callers use by name has a fixed name.

    An endpoint's name is in callers' code, policies, alarms and log groups. A name that the engine chooses changes
    with every replacement.
    """
    path = NAMED[resource.type]
    name = resource.text(path)
    if not name or resource.auto_named(name):
        yield f"{path} is {resource.show(path)}, wanted a name of the stack's own"


@lifecycle.high(
    CONFIGURATION,
    MODEL,
    GROUP,
    SERVICE,
    TASK,
    "aws:lambda/alias:Alias",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/listener:Listener",
    "azure-native:machinelearningservices:OnlineDeployment",
    reference="https://www.pulumi.com/docs/iac/concepts/resources/options/deletebeforereplace/",
    fix="Remove the resource option delete_before_replace, and the fixed name that made it necessary.",
)
def lifecycle_nothing_that_serves_is_deleted_first(resource: Resource, stack: Stack) -> Iterator[str]:
    """A resource that serves is not deleted before its replacement exists.

    In between, nobody answers. An endpoint configuration is still used by its endpoint, so the deployment fails
    after the deletion.
    """
    if resource.deletes_first and serves(resource, stack):
        yield "the option deleteBeforeReplace is set, wanted the new one before the old one goes"


@lifecycle.high(
    CONFIGURATION,
    MODEL,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming",
    fix="Remove the fixed name; the engine then makes the new one before it deletes the old one.",
)
def sagemaker_model_has_no_fixed_name(resource: Resource) -> Iterator[str]:
    """A model or endpoint configuration has no fixed name.

    Nearly every change replaces them. Under a fixed name, the old one must be deleted first, while the endpoint
    still uses it: the update fails half-way, or serving stops
    (github.com/hashicorp/terraform-provider-aws/issues/40048). Names with a hash, a date or a version are not
    fixed, nor are those that the project's autonaming generates.
    """
    if chosen_by_the_program(resource, "name"):
        yield f"name is {resource.show('name')}, wanted no name, so that replacement can overlap"


@lifecycle.medium(
    *dict.fromkeys(current_type(written) for written in RETIRED),
    reference="https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/",
    fix="Use the type that replaces it.",
)
def lifecycle_type_is_not_retired(resource: Resource) -> Iterator[str]:
    """A resource has no type that its provider has retired.

    A retired type works until the next major version. Then the resource has to be moved while it serves.
    """
    if resource.written_type in RETIRED:
        yield f'the type is "{resource.written_type}", wanted {RETIRED[resource.written_type]}'


@lifecycle.high(
    ENDPOINT,
    reference=f"{GUIDE}/endpoint-scaling-update.html",
    fix="Put the instance type into the endpoint's name, so that another type is another endpoint.",
    config_key="endpoint.instance_type",
)
def sagemaker_new_instance_type_is_a_new_endpoint(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """A scaled endpoint's name contains its instance type.

    SageMaker refuses another type for a variant that is a scalable target, and the update fails half-way. With the
    type in the name, a new endpoint is made beside the old one, which serves meanwhile.
    """
    targets = stack.referring(endpoint, TARGET, "resourceId")
    if not any(target.text("scalableDimension") != COPIES for target in targets):
        return
    name = (endpoint.text("name") or "").casefold()
    for configuration in stack.follow(endpoint, "endpointConfigName", CONFIGURATION):
        for variant in configuration.children("productionVariants"):
            kind = (variant.text("instanceType") or "").removeprefix("ml.").replace(".", "-")
            if kind not in name and not endpoint.auto_named(name):
                yield f'name is "{name}" for instances of {variant.show("instanceType")}, wanted "{kind}" in it'
