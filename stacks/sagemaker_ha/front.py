"""A region's load balancer: HTTPS to the router, and a health check that asks the model."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from edge import HTTP, Edge
from router import RouterFunction

from shared.aws.access_logs import access_log_bucket
from shared.aws.certificate import Certificate
from shared.aws.component import Component
from shared.aws.entrance_settings import Entrance
from shared.aws.firewall import Firewall
from shared.aws.network import HTTPS
from shared.aws.site import Site

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
HEALTH_PATH, INFERENCE_PATH = "/healthz", "/inference"


class Front(Component):
    """`regional_name` reaches this region only: it is what Route 53's health checkers ask."""

    balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    regional_name: str

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        entrance: Entrance,
        edge: Edge,
        router: RouterFunction,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._site = site
        certificate = Certificate(f"{name}-tls", site=site, entrance=entrance, opts=self.child())
        logs = access_log_bucket(f"{name}-access", site=site, opts=self.child())
        self.balancer = aws.lb.LoadBalancer(
            name,
            load_balancer_type="application",
            internal=False,
            subnets=edge.public_subnet_ids,
            security_groups=[edge.balancer_group],
            access_logs={"bucket": logs.bucket, "enabled": True},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=entrance.deletion_protection,
            region=site.region,
            # the balancer writes a test object when its logs are switched on, and is public through the gateway
            opts=self.child(depends_on=[logs, edge.gateway]),
        )
        self.target_group = self._target_group(name, router)
        self._listen(name, certificate)
        self.regional_name = f"{site.region}.{entrance.domain}"
        aws.route53.Record(
            f"{name}-name",
            zone_id=entrance.hosted_zone_id,
            name=self.regional_name,
            type="A",
            aliases=[
                {"name": self.balancer.dns_name, "zone_id": self.balancer.zone_id, "evaluate_target_health": True}
            ],
            opts=self.child(),
        )
        Firewall(
            f"{name}-firewall",
            site=site,
            base_name=base_name,
            settings=entrance.firewall,
            resource_arn=self.balancer.arn,
            opts=self.child(),
        )
        self.register_outputs({})

    def _target_group(self, name: str, router: RouterFunction) -> aws.lb.TargetGroup:
        """One function, its alias registered once the balancer may call it."""
        region = self._site.region
        group = aws.lb.TargetGroup(
            f"{name}-router",
            target_type="lambda",
            # off by default for functions; without it Route 53 would see every region as healthy
            health_check={
                "enabled": True,
                "path": HEALTH_PATH,
                "matcher": "200",
                "interval": 35,
                "timeout": 30,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            region=region,
            opts=self.child(),
        )
        permission = aws.lambda_.Permission(
            f"{name}-may-call",
            action="lambda:InvokeFunction",
            principal="elasticloadbalancing.amazonaws.com",
            function=router.live.function_name,
            qualifier=router.live.name,
            source_arn=group.arn,
            region=region,
            opts=self.child(),
        )
        aws.lb.TargetGroupAttachment(
            f"{name}-target",
            target_group_arn=group.arn,
            target_id=router.live.arn,
            region=region,
            opts=self.child(depends_on=[permission]),
        )
        return group

    def _listen(self, name: str, certificate: Certificate) -> None:
        """Only the two paths reach the router. No default target group: an empty one would count as unhealthy."""
        region = self._site.region
        nothing_here = {"content_type": "text/plain", "message_body": "not found", "status_code": "404"}
        https = aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=self.balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate.arn,
            default_actions=[{"type": "fixed-response", "fixed_response": nothing_here}],  # type: ignore[list-item]
            region=region,
            opts=self.child(),
        )
        aws.lb.ListenerRule(
            f"{name}-to-router",
            listener_arn=https.arn,
            priority=1,
            conditions=[{"path_pattern": {"values": [INFERENCE_PATH, HEALTH_PATH]}}],
            actions=[{"type": "forward", "target_group_arn": self.target_group.arn}],
            region=region,
            opts=self.child(),
        )
        aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=self.balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[
                {
                    "type": "redirect",
                    "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
                }
            ],
            region=region,
            opts=self.child(),
        )
