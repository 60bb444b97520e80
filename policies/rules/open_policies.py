"""Grants to everybody that stand beside the request path: buckets, search domains, layers, endpoint services."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource
from ..rule import security
from .iam import ANYBODYS, condition_keys, list_allowing, principals_of

BUCKET_POLICY, DOMAIN = "aws:s3/bucketPolicy:BucketPolicy", "aws:opensearch/domain:Domain"
LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
API, API_POLICY = "aws:apigateway/restApi:RestApi", "aws:apigateway/restApiPolicy:RestApiPolicy"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICIES = {BUCKET_POLICY: "policy", DOMAIN: "accessPolicies", API: "policy", API_POLICY: "policy"}


@security.high(
    *POLICIES,
    LAYER,
    SERVICE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix="Name the accounts or roles, add a condition on aws:PrincipalOrgID, or let each connection be accepted.",
)
def access_is_not_granted_to_everybody(granted: Resource) -> Iterator[str]:
    """A bucket, an API, a search domain, a layer or an endpoint service is not granted to every AWS account.

    A star as principal without a condition hands out the models, the features or the code to anybody, whatever the
    API in front of them asks. It is advice: a bucket of a public web site means it. (A domain within a network has
    its security groups, and the policy of an API that also denies keeps callers out so.)
    """
    if granted.text("principal") == "*" and not granted.has("organizationId"):
        yield 'principal is "*" without organizationId, wanted an account'
    if "*" in granted.texts("allowedPrincipals") and not granted.flag("acceptanceRequired"):
        yield 'allowedPrincipals has "*" and nobody accepts connections, wanted named accounts'
    path = POLICIES.get(granted.type)
    if not path or granted.has("vpcOptions") or (granted.type in (API, API_POLICY) and _denies(granted)):
        return
    for statement in list_allowing(granted.document(path)):
        if "*" in principals_of(statement, "AWS") and not condition_keys(statement) - ANYBODYS:
            yield 'Principal is "*" without a condition on the caller, wanted named accounts, roles or services'


def _denies(api: Resource) -> bool:
    return any(statement.text("Effect") == "Deny" for statement in api.document("policy").children("Statement"))


@security.low(
    OWNERSHIP,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-12",
    fix="Set object_ownership to BucketOwnerEnforced; BucketOwnerPreferred where a service writes with an ACL.",
)
def storage_bucket_owns_what_is_in_it(ownership: Resource) -> Iterator[str]:
    """What is written into a bucket belongs to the bucket's owner.

    With ObjectWriter, ACLs are in force again: whoever writes says who may read, and what another account writes the
    owner may neither read nor expire by right.
    """
    if ownership.text("rule.objectOwnership") == "ObjectWriter":
        yield 'rule.objectOwnership is "ObjectWriter", wanted "BucketOwnerEnforced"'
