"""The one name callers use: Route 53 answers it with a region that is near and serves."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
from front import HEALTH_PATH, INFERENCE_PATH
from region import ServingRegion
from settings import Routing

from shared.aws.component import Component
from shared.aws.entrance_settings import Entrance
from shared.aws.network import HTTPS

# from three continents, so that one network's trouble takes no region out
CHECKERS = ["us-east-1", "eu-west-1", "ap-southeast-1"]


class GlobalName(Component):
    """A record per region under the same name, each answered only while its region's health checks pass."""

    url: str
    health_url: str

    def __init__(
        self,
        name: str,
        *,
        entrance: Entrance,
        routing: Routing,
        primary: ServingRegion,
        secondary: ServingRegion,
    ) -> None:
        super().__init__(name)
        for role, serving in (("PRIMARY", primary), ("SECONDARY", secondary)):
            balancer = serving.front.balancer
            aws.route53.Record(
                f"{name}-{serving.region}",
                zone_id=entrance.hosted_zone_id,
                name=entrance.domain,
                type="A",
                set_identifier=serving.region,
                health_check_id=self._health(f"{name}-{serving.region}", routing, serving),
                # true: a balancer whose router has no healthy answer is left out as well
                aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
                opts=self.child(),
                **_policy(routing, role, serving.region),
            )
        self.url = f"https://{entrance.domain}{INFERENCE_PATH}"
        self.health_url = f"https://{entrance.domain}{HEALTH_PATH}"
        self.register_outputs({})

    def _health(self, name: str, routing: Routing, serving: ServingRegion) -> pulumi.Output[str]:
        """Both must hold: the model answers from outside, and few predictions fail."""
        answers = aws.route53.HealthCheck(
            f"{name}-answers",
            type="HTTPS",
            fqdn=serving.front.regional_name,
            port=HTTPS,
            resource_path=HEALTH_PATH,
            enable_sni=True,
            request_interval=routing.check_seconds,
            failure_threshold=routing.failures,
            measure_latency=True,
            regions=CHECKERS,
            opts=self.child(),
        )
        predicts = aws.route53.HealthCheck(
            f"{name}-predicts",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=serving.watch.failing_name,
            cloudwatch_alarm_region=serving.region,
            # a region nobody calls has no data, and is not for that reason unhealthy
            insufficient_data_health_status="LastKnownStatus",
            opts=self.child(),
        )
        return aws.route53.HealthCheck(
            f"{name}-serves",
            type="CALCULATED",
            child_healthchecks=[answers.id, predicts.id],
            child_health_threshold=2,
            opts=self.child(),
        ).id


def _policy(routing: Routing, role: str, region: str) -> dict[str, Any]:
    if routing.policy == "latency":
        return {"latency_routing_policies": [{"region": region}]}
    return {"failover_routing_policies": [{"type": role}]}
