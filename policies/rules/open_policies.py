"""Grants to everybody that stand beside the request path: buckets, search domains, layers, endpoint services."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource
from ..rule import security
from .iam import ANYBODYS, condition_keys, list_allowing, principals_of

BUCKET_POLICY, DOMAIN = "aws:s3/bucketPolicy:BucketPolicy", "aws:opensearch/domain:Domain"
LAYER = "aws:lambda/layerVersionPermission:LayerVersionPermission"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
POLICIES = {BUCKET_POLICY: "policy", DOMAIN: "accessPolicies"}


@security.high(
    *POLICIES,
    LAYER,
    SERVICE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    fix="Name the accounts or roles, add a condition on aws:PrincipalOrgID, or let each connection be accepted.",
)
def access_is_not_granted_to_everybody(granted: Resource) -> Iterator[str]:
    """A bucket, a search domain, a layer or an endpoint service is not granted to every AWS account.

    A star as principal without a condition hands out the models, the features or the code to anybody, whatever the
    API in front of them asks. It is advice: a bucket of a public web site means it. (A domain within a network has
    its security groups.)
    """
    if granted.text("principal") == "*" and not granted.has("organizationId"):
        yield 'principal is "*" without organizationId, wanted an account'
    if "*" in granted.texts("allowedPrincipals") and not granted.flag("acceptanceRequired"):
        yield 'allowedPrincipals has "*" and nobody accepts connections, wanted named accounts'
    path = POLICIES.get(granted.type)
    for statement in list_allowing(granted.document(path)) if path and not granted.has("vpcOptions") else ():
        if "*" in principals_of(statement, "AWS") and not condition_keys(statement) - ANYBODYS:
            yield 'Principal is "*" without a condition on the caller, wanted named accounts, roles or services'
