"""CloudFront: edge functions and the log bucket of a distribution. Global Accelerator: endpoints."""

from __future__ import annotations

import re

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.certificates import DISTRIBUTION
from rehearsal.judge.rules.aws.functions import FUNCTION
from rehearsal.judge.rules.aws.permissions import ROLE
from rehearsal.judge.rules.aws.policies import lets_service

BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"


@rule(DISTRIBUTION, source=f"{_GUIDE}/lambda-edge-permissions.html")
def role_trusts_the_edge(it: Resource, program: Program) -> Found:
    behaviors = [("defaultCacheBehavior", it.get("defaultCacheBehavior"))]
    behaviors += [(path, behavior.inputs) for path, behavior in it.blocks("orderedCacheBehaviors")]
    for path, _ in behaviors:
        for place, _ in it.blocks(f"{path}.lambdaFunctionAssociations"):
            function = program.refer(it, f"{place}.lambdaArn", FUNCTION)
            role = program.refer(function, "role", ROLE) if function else None
            if role and lets_service(role.get("assumeRolePolicy"), "edgelambda.amazonaws.com") is False:
                message = "InvalidLambdaFunctionAssociation: The function execution role must be assumable with"
                yield (
                    f"{place}.lambdaArn",
                    f"{message} edgelambda.amazonaws.com as well as lambda.amazonaws.com principals",
                )


@rule(
    "aws:globalaccelerator/endpointGroup:EndpointGroup",
    source="https://docs.aws.amazon.com/global-accelerator/latest/api/API_CreateEndpointGroup.html",
)
def balancers_of_the_region(it: Resource, program: Program) -> Found:
    wanted = it.region if it.get("endpointGroupRegion") is None else it.text("endpointGroupRegion")
    for path, configuration in it.blocks("endpointConfigurations"):
        made = program.refer(it, f"{path}.endpointId", *BALANCERS)
        region = made.region if made else configuration.text("endpointId").removeprefix("arn:aws:elasticloadbalancing:")
        region = region.partition(":")[0]
        if wanted and re.fullmatch(r"[a-z]+-[a-z-]+-\d", region) and region != wanted:
            message = "InvalidArgumentException: the endpoint is not a valid load balancer ARN"
            yield f"{path}.endpointId", f"{message}: it is in {region}, the group in {wanted}"
