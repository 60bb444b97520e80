"""The function that a load balancer can reach and that can reach the model: a load balancer cannot call SageMaker."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from edge import Edge
from router_code import HANDLER, RUNTIME, router_code
from settings import Router

from shared.aws.component import Component
from shared.aws.iam import Statement, allow, document, trust_unconditionally
from shared.aws.lambda_limits import REQUESTS_PER_MINUTE
from shared.aws.log_group import log_group
from shared.aws.sagemaker.endpoint import SageMakerEndpoint
from shared.aws.site import Site
from shared.aws.warm_copies import WarmCopies
from shared.scaling import Cooldowns, Metric, Scaling

LIVE = "live"
# of what a copy can take: new ones are ready within two minutes, the rest is for what arrives meanwhile
SHARE = 0.7
# what a load balancer waits for a health check; the router's own worst case is 27 s (serving/router/config.py)
TIMEOUT_SECONDS = 29
# a function in a network is attached to it by its own role; none of these actions can name a resource in advance
NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


class RouterFunction(Component):
    """`live` is the alias with warm copies that the target group calls; `name` the physical name."""

    name: str
    live: aws.lambda_.Alias

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        router: Router,
        edge: Edge,
        endpoint: SageMakerEndpoint,
        peer_region: str,
        cooldowns: Cooldowns,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.name = f"{base_name}-router"
        self._site, self._endpoint = site, endpoint
        self._peer = peer_region if router.peer_fallback else None
        function = self._function(name, router, edge)
        self.live = aws.lambda_.Alias(
            f"{name}-{LIVE}",
            name=LIVE,
            function_name=function.name,
            function_version=function.version,
            region=site.region,
            opts=self.child(),
        )
        WarmCopies(
            f"{name}-warm", site=site, scaling=warm_copies(router, cooldowns), alias=self.live, opts=self.child()
        )
        self.register_outputs({})

    def _function(self, name: str, router: Router, edge: Edge) -> aws.lambda_.Function:
        """The code with its log and its role; `publish` makes the version that the alias points at."""
        site, endpoint = self._site, self._endpoint
        group = log_group(f"{name}-log", name=f"/aws/lambda/{self.name}", site=site, opts=self.child())
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=trust_unconditionally("lambda.amazonaws.com"), opts=self.child()
        )
        granted = document(*statements(site, group.arn, endpoint, self._peer))
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=granted, opts=self.child())
        # both regions call their endpoint the same, so the peer's name is this one's
        peer = {"PEER_ENDPOINT_NAME": endpoint.name, "PEER_REGION": self._peer} if self._peer else {}
        return aws.lambda_.Function(
            f"{name}-function",
            name=self.name,
            role=role.arn,
            code=router_code(),
            handler=HANDLER,
            runtime=RUNTIME,
            architectures=["arm64"],
            memory_size=router.memory_mb,
            timeout=TIMEOUT_SECONDS,
            reserved_concurrent_executions=router.reserved_concurrency,
            publish=True,
            environment={"variables": {"ENDPOINT_NAME": endpoint.name, **peer}},
            kms_key_arn=site.key_arn,
            vpc_config={"subnet_ids": edge.router_subnet_ids, "security_group_ids": [edge.router_group]},
            tracing_config={"mode": "Active"},
            logging_config={"log_format": "JSON", "log_group": group.name, "application_log_level": "INFO"},
            region=site.region,
            opts=self.child(depends_on=[policy]),
        )


def warm_copies(router: Router, cooldowns: Cooldowns) -> Scaling:
    """The router's own scaling: its load follows the endpoint's, so it waits as long between changes."""
    return Scaling(
        min=router.warm_min,
        max=router.warm_max,
        # a call lasts as long as the model's, often less than the 100 ms at which both would be alike
        metric=Metric.REQUESTS_PER_MINUTE,
        target=SHARE * REQUESTS_PER_MINUTE,
        also={Metric.UTILIZATION: 100 * SHARE},
        cooldowns=cooldowns,
        schedules={},
    )


def statements(
    site: Site, log_group_arn: pulumi.Output[str], endpoint: SageMakerEndpoint, peer_region: str | None
) -> list[Statement]:
    """Invoke the model here and, when it fails, in the peer region; log, trace, and stand in the network."""
    peer = [endpoint.generations.replace(site.region, peer_region)] if peer_region else []
    return [
        allow("sagemaker:InvokeEndpoint", on=[endpoint.generations, *peer]),
        allow("logs:CreateLogStream", "logs:PutLogEvents", on=pulumi.Output.concat(log_group_arn, ":*")),
        # traces have no resource to name
        allow("xray:PutTraceSegments", "xray:PutTelemetryRecords", on="*"),
        allow("kms:Decrypt", on=site.key_arn),
        allow(*NETWORK_ACTIONS, on="*"),
    ]
