"""Names that two resources of one program cannot both have, in one region."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

_ENDPOINTS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
# type → the property that names it, and what the service says
_NAMED: Mapping[str, tuple[str, str]] = {
    "aws:cloudwatch/logGroup:LogGroup": (
        "name",
        "ResourceAlreadyExistsException: The specified log group already exists",
    ),
    "aws:ecr/repository:Repository": ("name", "RepositoryAlreadyExistsException: The repository already exists"),
    "aws:ecs/service:Service": ("name", "InvalidParameterException: Creation of service was not idempotent."),
    "aws:iam/role:Role": ("name", "EntityAlreadyExists: Role with name already exists."),
    "aws:kms/alias:Alias": ("name", "AlreadyExistsException: An alias with the name already exists"),
    "aws:lambda/function:Function": ("name", "ResourceConflictException: Function already exist"),
    "aws:lb/loadBalancer:LoadBalancer": (
        "name",
        "DuplicateLoadBalancerName: A load balancer with the same name exists",
    ),
    "aws:lb/targetGroup:TargetGroup": ("name", "DuplicateTargetGroupName: A target group with the same name exists"),
    "aws:s3/bucket:Bucket": ("bucket", "BucketAlreadyOwnedByYou: Your previous request to create the bucket succeeded"),
    "aws:sagemaker/endpoint:Endpoint": ("name", "ValidationException: Cannot create already existing endpoint"),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": (
        "name",
        "ValidationException: Cannot create already existing endpoint configuration",
    ),
    "aws:sagemaker/model:Model": ("name", "ValidationException: Cannot create already existing model"),
    "aws:wafv2/webAcl:WebAcl": ("name", "WAFDuplicateItemException: a web ACL of this name exists"),
}
_GLOBAL = frozenset({"aws:iam/role:Role", "aws:s3/bucket:Bucket"})


@rule(*_NAMED, source=f"{_ENDPOINTS}/CommonErrors.html")
def name_is_free(it: Resource, program: Program) -> Found:
    path, message = _NAMED[it.type]
    name = it.text(path)
    for other in program.of(it.type) if name else ():
        here = it.provider == other.provider and (it.type in _GLOBAL or it.region == other.region)
        # web ACLs of the region and those of CloudFront are named apart
        same = other.urn < it.urn and other.text(path) == name and here and other.get("scope") == it.get("scope")
        if (
            same
            and it.sources.get("cluster") == other.sources.get("cluster")
            and it.get("cluster") == other.get("cluster")
        ):
            yield path, f"{message}: {other.name!r} has the name {name!r}, too"
