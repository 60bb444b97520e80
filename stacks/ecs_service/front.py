"""The public entrance: a name, its certificate, a load balancer over all zones, a web ACL."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
from network import HTTP, ServiceNetwork
from settings import SHIFTING, Service, Settings
from shift import Shift

from shared.aws.access_logs import access_log_bucket
from shared.aws.certificate import Certificate
from shared.aws.component import Component
from shared.aws.entrance_settings import Entrance
from shared.aws.firewall import Firewall
from shared.aws.network import HTTPS
from shared.aws.site import Site
from shared.container import Container

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


class Front(Component):
    """HTTPS on the name, everything else sent on to it.

    The service registers its tasks with `target_group`; where traffic is shifted, with each of `target_groups` in turn.
    `ready` must exist before it.
    """

    url: pulumi.Output[str]
    health_url: pulumi.Output[str]
    target_group: pulumi.Output[aws.lb.TargetGroup]
    load_balancer: pulumi.Output[aws.lb.LoadBalancer]
    target_groups: list[pulumi.Output[aws.lb.TargetGroup]]
    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: Settings,
        server: Container,
        network: ServiceNetwork,
    ) -> None:
        super().__init__(name)
        entrance = settings.entrance
        certificate = Certificate(f"{name}-tls", site=site, entrance=entrance, opts=self.child())
        logs = access_log_bucket(f"{name}-access", site=site, opts=self.child())
        group = target_group(settings.service, server, network.vpc_id)
        # a balancer cannot change its scheme, and a target group cannot have two balancers while one follows the other:
        # each scheme has a balancer and groups of its own (https://github.com/hashicorp/terraform-provider-aws/issues/22005)
        scheme = "inside" if entrance.internal else name
        balancer = awsx.lb.ApplicationLoadBalancer(
            scheme,
            internal=entrance.internal,
            subnet_ids=network.private_subnet_ids if entrance.internal else network.public_subnet_ids,
            security_groups=[network.edge_group],
            default_target_group=group,
            listeners=[_https(certificate.arn), _redirect()],
            access_logs={"bucket": logs.bucket, "enabled": True},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=entrance.deletion_protection,
            region=site.region,
            # the balancer writes a test object when its logs are switched on; AWS makes none that is public before the
            # internet gateway, and lets no gateway go before it
            opts=self.child(depends_on=[logs, network.vpc]),
        )
        self.load_balancer, self.target_group = balancer.load_balancer, balancer.default_target_group
        self.target_groups, self._shift = [self.target_group], None
        self.ready = [balancer]
        # rolling with both groups is the step on either side of a shift
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-rolling-to-bluegreen.html
        if settings.release.strategy in SHIFTING or settings.service.second_group:
            https = balancer.listeners.apply(lambda made: made[0].arn if made else "")
            self._shift = Shift(
                f"{scheme}-shift",
                site=site,
                first=self.target_group,
                group=dict(group),
                listener_arn=https,
                opts=self.child(),
            )
            self.target_groups.append(self._shift.target_group)
            self.ready = [balancer, *self._shift.ready]
        self._answer_to_the_name(name, entrance)
        Firewall(
            f"{name}-firewall",
            site=site,
            base_name=base_name,
            settings=entrance.firewall,
            resource_arn=self.load_balancer.arn,
            opts=self.child(),
        )
        self.url = pulumi.Output.from_input(f"https://{entrance.domain}{server.predict}")
        self.health_url = pulumi.Output.from_input(f"https://{entrance.domain}{server.ready}")
        self.register_outputs({"url": self.url})

    def registrations(self, container: str, port: int) -> list[aws.ecs.ServiceLoadBalancerArgsDict] | None:
        """Where the service's tasks are entered; None for what awsx derives from the container's ports."""
        if self._shift is None:
            return None
        return [
            {
                "target_group_arn": self.target_group.arn,
                "container_name": container,
                "container_port": port,
                "advanced_configuration": self._shift.advanced,
            }
        ]

    def _answer_to_the_name(self, name: str, entrance: Entrance) -> None:
        balancer = self.load_balancer
        aws.route53.Record(
            f"{name}-name",
            zone_id=entrance.hosted_zone_id,
            name=entrance.domain,
            type="A",
            aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
            opts=self.child(),
        )


def target_group(service: Service, server: Container, vpc_id: pulumi.Output[str]) -> awsx.lb.TargetGroupArgsDict:
    """Given whole: awsx would otherwise take port and protocol of a listener for the tasks' own."""
    return {
        "port": server.port,
        "protocol": "HTTP",
        "target_type": "ip",
        "vpc_id": vpc_id,
        "deregistration_delay": service.drain_seconds,
        # the task with the fewest requests in flight: inference times vary too much for taking turns
        "load_balancing_algorithm_type": "least_outstanding_requests",
        "health_check": {
            "enabled": True,
            "path": server.ready,
            "protocol": "HTTP",
            "matcher": "200",
            "interval": 10,
            "timeout": 5,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
    }


def _https(certificate_arn: pulumi.Output[str]) -> awsx.lb.ListenerArgsDict:
    return {"port": HTTPS, "protocol": "HTTPS", "certificate_arn": certificate_arn, "ssl_policy": TLS_POLICY}


def _redirect() -> awsx.lb.ListenerArgsDict:
    redirect = {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"}
    return {"port": HTTP, "protocol": "HTTP", "default_actions": [{"type": "redirect", "redirect": redirect}]}  # type: ignore[typeddict-item]
