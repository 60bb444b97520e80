"""The model server's tasks, which are replaced a few at a time and rolled back by the circuit breaker or by alarms."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx
from front import Front
from metrics import ENDINGS, ROLLBACK, alarms
from network import ServiceNetwork
from registry import Registry
from roles import TaskRoles
from rollout import rollout, transform_service
from settings import Service, Settings

from shared.aws.alarms import metric_alarm
from shared.aws.component import Component
from shared.aws.log_group import log_group
from shared.aws.site import Site
from shared.container import Container
from shared.release import Release

# nobody's user in the image, so that a break-out owns nothing
UNPRIVILEGED = "10001:10001"
CONTAINER = "server"


class FargateService(Component):
    """`cluster_name` and `service_name` for the dashboard, `resource_id` for Application Auto Scaling.

    `task_definition` is the one that the service runs, or was turned back to.
    """

    cluster_name: pulumi.Output[str]
    service_name: pulumi.Output[str]
    resource_id: pulumi.Output[str]
    task_definition: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: Settings,
        server: Container,
        network: ServiceNetwork,
        registry: Registry,
        front: Front,
    ) -> None:
        super().__init__(name)
        service, release = settings.service, settings.release
        cluster, given = self._cluster(name, site, service)
        log = log_group(f"{name}-log", name=f"/ecs/{base_name}", site=site, opts=self.child())
        roles = TaskRoles(
            f"{name}-roles",
            site=site,
            repository_arn=registry.arn,
            log_group_arn=log.arn,
            release=release,
            opts=self.child(),
        )
        watched = alarms(front, site.limits)
        raised = [metric_alarm(a, resource=name, prefix=base_name, site=site, opts=self.child()) for a in watched]
        existing = {alarm.name for alarm in watched}
        turning = [a + ending for ending in ENDINGS for a in ROLLBACK if a + ending in existing]
        running = awsx.ecs.FargateService(
            name,
            cluster=cluster.arn,
            desired_count=settings.scaling.min,
            capacity_provider_strategies=capacity(service),
            # without it another share of spot capacity replaces the service, which ends all its tasks; with it every
            # change of the service brings new tasks, step by step (capacityProviderStrategyCustomizeDiff):
            # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go
            force_new_deployment=True,
            task_definition_args=task_definition(service, server, release, roles, log, front),
            network_configuration={
                "subnets": network.private_subnet_ids,
                "security_groups": [network.task_group],
                "assign_public_ip": False,
            },
            health_check_grace_period_seconds=service.start_seconds,
            load_balancers=front.registrations(CONTAINER, server.port),
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            region=site.region,
            # ECS refuses capacity that the cluster has not, a target group that no listener uses yet, an unknown alarm
            opts=self.child(
                depends_on=[given, *front.ready, roles.policy, *raised], transforms=[transform_service(release)]
            ),
            **rollout(release, [f"{base_name}-{alarm}" for alarm in turning]),
        )
        self.cluster_name = cluster.name
        self.service_name = running.service.name
        self.task_definition = running.service.task_definition
        self.resource_id = pulumi.Output.concat("service/", self.cluster_name, "/", self.service_name)
        self.register_outputs({"service_name": self.service_name})

    def _cluster(self, name: str, site: Site, service: Service) -> tuple[aws.ecs.Cluster, pulumi.Resource]:
        """The cluster, and what gives it its capacity: ECS refuses a service that asks for another."""
        cluster = aws.ecs.Cluster(
            f"{name}-cluster",
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            region=site.region,
            opts=self.child(),
        )
        given = aws.ecs.ClusterCapacityProviders(
            f"{name}-capacity",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=capacity(service),
            region=site.region,
            opts=self.child(),
        )
        return cluster, given


def capacity(service: Service) -> Any:
    """The base on demand; above it the config's share on spot capacity."""
    return [
        {
            "capacity_provider": "FARGATE",
            "base": service.on_demand_base,
            "weight": 100 - service.spot_percent,
        },
        {"capacity_provider": "FARGATE_SPOT", "base": 0, "weight": service.spot_percent},
    ]


def task_definition(
    service: Service, server: Container, release: Release, roles: TaskRoles, log: aws.cloudwatch.LogGroup, front: Front
) -> awsx.ecs.FargateServiceTaskDefinitionArgsDict:
    container: awsx.ecs.TaskDefinitionContainerDefinitionArgsDict = {
        "name": CONTAINER,
        "image": service.image,
        "essential": True,
        "user": UNPRIVILEGED,
        "readonly_root_filesystem": True,
        "privileged": False,
        "stop_timeout": service.drain_seconds + 30,
        "environment": [{"name": key, "value": value} for key, value in environment(service, server, release).items()],
        "port_mappings": [{"container_port": server.port, "target_group": front.target_group}],
    }
    if server.probe:
        container["health_check"] = alive(service, server)
    task: awsx.ecs.FargateServiceTaskDefinitionArgsDict = {
        "cpu": str(service.cpu),
        "memory": str(service.memory_mb),
        "runtime_platform": {"cpu_architecture": service.architecture, "operating_system_family": "LINUX"},
        "execution_role": {"role_arn": roles.execution_arn},
        "task_role": {"role_arn": roles.task_arn},
        "log_group": {"existing": {"name": log.name}},
        "container": container,
    }
    if service.disk_gb:
        task["ephemeral_storage"] = {"size_in_gib": service.disk_gb}
    return task


def alive(service: Service, server: Container) -> awsx.ecs.TaskDefinitionHealthCheckArgsDict:
    """The container's health check: whether the process answers. The load balancer checks whether it may get
    requests."""
    return {
        "command": ["CMD", *server.probe],
        "interval": 10,
        "timeout": 5,
        "retries": 3,
        # ECS allows five minutes at most; a task that needs longer is still judged by the load balancer
        "start_period": min(service.start_seconds, 300),
    }


def environment(service: Service, server: Container, release: Release) -> dict[str, str]:
    """The server's environment: the only model that it may serve, and how long it may take to stop.

    `MODEL_URI` is the folder that a container of one's own fetches.
    """
    own = {
        "HOST": "0.0.0.0",  # noqa: S104 - the load balancer reaches a task by its address
        "PORT": str(server.port),
        "MODEL_VERSION": release.model_version,
        "MODEL_SHA256": release.digest_hex,
        "DRAIN_SECONDS": str(service.drain_seconds),
    }
    folder = {"MODEL_URI": release.artefact} if release.is_folder else {}
    return dict(sorted({**own, **folder, **service.environment}.items()))
