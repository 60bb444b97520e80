"""Changes: callers' addresses and stored data stay, and a replacement includes the resources that depend on it."""

from __future__ import annotations

from collections.abc import Iterator

from ..replacement import replacing
from ..resources import Resource, Stack
from ..rule import autoscaling, availability, lifecycle
from ..serving import ENDPOINT, FUNCTION_URL, GROUP, SERVICE
from ..serving import SCALABLE as TARGET
from .application_autoscaling import POLICY, SCHEDULED
from .load_balancer import BALANCER, LISTENER

ADDRESSES = (
    ENDPOINT,
    BALANCER,
    FUNCTION_URL,
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/domainName:DomainName",
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/domainName:DomainName",
    "aws:lambda/alias:Alias",
    "aws:route53/record:Record",
    "azure-native:machinelearningservices:OnlineEndpoint",
)
HOLDS_DATA = (
    "aws:dynamodb/table:Table",
    "aws:ecr/repository:Repository",
    "aws:efs/fileSystem:FileSystem",
    "aws:kms/key:Key",
    "aws:opensearch/domain:Domain",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "azure-native:containerregistry:Registry",
    "azure-native:cosmosdb:DatabaseAccount",
    "azure-native:dbformysql:Server",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Vault",
    "azure-native:machinelearningservices:Workspace",
    "azure-native:storage:StorageAccount",
)
LEFT = ("replicateSourceDb", "replicationSourceIdentifier", "finalSnapshotIdentifier")
OPTIONS = "https://www.pulumi.com/docs/iac/concepts/resources/options"


@lifecycle.critical(
    *ADDRESSES,
    reference=f"{OPTIONS}/aliases/",
    fix="Give a renamed resource an alias; make the new address beside the old one and move callers before it goes.",
)
def change_keeps_entry_points(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change keeps the addresses that callers use.

    A new logical name without an alias, or a new value of a property that cannot change in place, deletes the
    endpoint, balancer, API, alias or record and makes another one. Callers with the old address get errors.
    """
    if (was.text_if_known("name") or "").startswith("_"):  # a DNS record that proves something to a machine
        return
    if now is None and not was.retained:
        yield f"{was} is deleted, wanted it kept, or an alias if it was only renamed"
    yield from _report_replacement(was, now)


@lifecycle.critical(
    *HOLDS_DATA,
    reference=f"{OPTIONS}/retainondelete/",
    fix="Set the resource option retain_on_delete one deployment earlier, or move what is in it first.",
)
def change_keeps_data(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A change does not delete a resource that stores data.

    This is a bucket with models, a registry with the image that runs, a key or a log group. The deletion succeeds
    at once, or stops the deployment half-way because the resource is not empty. Deleted data does not come back.
    (A database that is a copy, or leaves a last snapshot, is left alone.)
    """
    if was.retained or any(was.has(path) for path in LEFT):
        return
    if now is None:
        yield f"{was} is deleted, wanted it kept or retained"
    yield from _report_replacement(was, now)


def _report_replacement(was: Resource, now: Resource | None) -> Iterator[str]:
    if now and (paths := replacing(was, now)):
        yield f"{paths[0]} is {now.show(paths[0])} and was {was.show(paths[0])}, which replaces it, wanted it kept"


@autoscaling.critical(
    TARGET,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    fix="Make resource_id from an output of the service, or replace the target with it (replace_on_changes).",
)
def change_replaces_the_scalable_target_too(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change that replaces a service replaces its scalable target too.

    AWS deletes the scalable target together with the old service. If the target's resource id stays the same, the
    engine sees no change to make, and nothing scales the new service
    (github.com/hashicorp/terraform-provider-aws/issues/10432).
    """
    if replacing(was, now):
        return
    for service in stack.follow(now, "resourceId", SERVICE):
        before = stack.predecessor(service)
        if before and (paths := replacing(before, service)):
            yield f"{service} is replaced ({paths[0]}) under the same resourceId, wanted the target replaced with it"


@autoscaling.critical(
    POLICY,
    SCHEDULED,
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html",
    fix="Make resource_id, scalable_dimension and service_namespace from the target's outputs.",
)
def change_replaces_scaling_policies_too(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change that replaces a scalable target replaces its policies and schedules too.

    AWS deletes them together with the old target. If their resource id does not change with the target's, they are
    not made again, and nothing changes the number of instances any more
    (github.com/hashicorp/terraform-provider-aws/issues/240).
    """
    if not now.known("resourceId") or replacing(was, now):
        return
    for target in stack.deployed.follow(was, "resourceId", TARGET):
        after = stack.successor(target)
        paths = replacing(target, after) if after else []
        if paths:
            yield f"the target's {paths[0]} changes and this {now.type.rpartition(':')[2]}'s does not, wanted both"


@lifecycle.high(
    GROUP,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming",
    fix="Remove the name (the engine chooses one), or give another name together with the change.",
)
def change_can_replace_the_target_group(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change that replaces a target group gives it another name or none.

    A target group's port, protocol, network and kind of target cannot change in place. Under the same name the new
    group cannot be made while the old one serves, so the deployment fails half-way
    (github.com/pulumi/pulumi-aws/issues/4220).
    """
    if not now.known("name") or now.auto_named(now.text("name") or ""):
        return
    paths = replacing(was, now)
    if paths and "name" not in paths and now.declared.has("name"):
        yield f"{paths[0]} changes under the same name {now.show('name')}, wanted another name or none"


@availability.high(
    BALANCER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html",
    fix="Make new target groups for the new load balancer, and move the service to them.",
)
def change_of_a_load_balancer_renews_target_groups(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change that replaces a load balancer makes new target groups for it.

    A target group belongs to one load balancer at a time. While the old one serves, the new one's listeners are
    refused (TargetGroupAssociationLimit), and the deployment ends half-way
    (github.com/hashicorp/terraform-provider-aws/issues/7581).
    """
    if not replacing(was, now):
        return
    for listener in stack.referring(now, LISTENER, "loadBalancerArn"):
        for group in stack.follow(listener, "defaultActions", GROUP):
            before = stack.predecessor(group)
            if before and not replacing(before, group):
                yield f"{replacing(was, now)[0]} changes and {group} stays, wanted new groups for the new balancer"
