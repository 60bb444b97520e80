"""Changes: nothing is deleted that another resource still names, or has just made."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import STACK, lifecycle

SCALED = ("serviceNamespace", "scalableDimension", "resourceId")
# what the cloud's call to make it overwrites, if it is there: type → what is one and the same thing
UPSERTED = {
    "aws:apigateway/methodSettings:MethodSettings": ("restApi", "stageName", "methodPath"),
    "aws:appautoscaling/policy:Policy": (*SCALED, "name"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": (*SCALED, "name"),
    "aws:appautoscaling/target:Target": SCALED,
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardName",),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name",),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ("repository",),
    "aws:iam/rolePolicy:RolePolicy": ("role", "name"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", "policyArn"),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": ("functionName", "qualifier"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("bucket",),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket",),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ("bucket",),
    "aws:s3/bucketVersioning:BucketVersioning": ("bucket",),
    "aws:sns/topicPolicy:TopicPolicy": ("arn",),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl",),
}


@lifecycle.critical(
    STACK,
    reference="https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
    fix="Keep the resource, or change what names it; one that another stack takes over needs retain_on_delete first.",
)
def change_deletes_nothing_that_is_still_named(was: Resource, now: Resource, stack: Stack) -> Iterator[str]:
    """A change deletes no resource that another one still names.

    The other resource took an id, an ARN or a name from it, and now has the same text written down. The engine sees no
    dependency in a text: the deletion is refused half-way by the cloud, or succeeds, and a route, a role or a load
    balancer leads to nothing. (Compared with the dependencies of the deployed state.)
    """
    for user in stack.deployed.resources:
        stays = stack.successor(user)
        for path, sources in user.links.items() if stays else ():
            for gone in _list_deleted(sources, stack):
                if stays and _is_unchanged(user, stays, path) and not _has_new_source(user, stays, path, stack):
                    yield f"{gone} is deleted and {stays} still has in {path} what it got from it, wanted it kept"


@lifecycle.critical(
    *UPSERTED,
    reference="https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/",
    fix="Give the renamed resource an alias with its former name, so that nothing is made or deleted.",
)
def change_of_a_name_keeps_what_it_names(was: Resource, now: Resource | None, stack: Stack) -> Iterator[str]:
    """A resource that was only renamed in the program is not deleted after it was made again.

    The engine makes what is new first and deletes what is gone last. Where the cloud's call is "put", both are one and
    the same thing: the second registration changes nothing, and the deletion takes the scaling, the policy or the alarm
    away (github.com/pulumi/pulumi-aws/issues/5900). The program still has it, so no later preview shows it gone.
    """
    if now is None and not was.retained and (mine := _identify(was)):
        for other in stack.of(was.type):
            if stack.predecessor(other) is None and _identify(other) == mine:
                yield f"{other} is the same {was.type.rpartition(':')[2]} in the cloud, wanted an alias for {was}"


def _identify(resource: Resource) -> tuple[str, ...] | None:
    """What tells the resource from others of its type in the cloud; None where that is not known."""
    found = [resource.text_if_known(path) for path in UPSERTED[resource.type]]
    return tuple(text or "" for text in (*found, resource.text_if_known("region"))) if all(found) else None


def _list_deleted(urns: tuple[str, ...], stack: Stack) -> Iterator[Resource]:
    """What of these resources of the deployed stack is deleted; what is retained goes on in the cloud."""
    before = stack.remember(
        "deployed by urn", lambda: {resource.urn: resource for resource in stack.deployed.resources}
    )
    for gone in (before[urn] for urn in urns if urn in before):
        if not stack.successor(gone) and not gone.retained:
            yield gone


def _is_unchanged(was: Resource, now: Resource, path: str) -> bool:
    known = all(each.declared.known(path) and each.declared.has(path) for each in (was, now))
    return known and was.declared.raw[path] == now.declared.raw[path]


def _has_new_source(was: Resource, now: Resource, path: str, stack: Stack) -> bool:
    """Whether the property has got a source that it did not have: the same name from a resource that was renamed."""
    present = stack.remember("present urns", lambda: {resource.urn for resource in stack.resources})
    return any(urn in present and urn not in was.list_sources(path) for urn in now.list_sources(path))
