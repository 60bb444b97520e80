"""A model server on Fargate that scales on CPU and requests, behind a load balancer with a name of its own.

client ─ HTTPS ─▶ Route 53 ─▶ load balancer with web ACL (2+ zones) ─▶ tasks (min..max, private subnets, 2+ zones)
                                        │                                  │ image by digest, from ECR
                                        └─▶ access logs                    └─▶ CloudWatch ─▶ target tracking,
                                                                                alarms ─▶ rollback, mail

The model lies in the image; a task refuses to start with another than the release names.
"""

from __future__ import annotations

from fargate import FargateService
from front import Front
from metrics import choose_metrics, panels
from network import ServiceNetwork
from registry import Registry
from settings import APP, Settings

from shared.aws.alarms import dashboard, dashboard_url
from shared.aws.scaling import Autoscaling
from shared.aws.site import Site
from shared.outputs import Invoke, export_endpoint
from shared.stack import Stack

stack = Stack.load(Settings)
settings = stack.settings
server = stack.container or APP
name = stack.physical_name(limit=40)

# the region: its zones, the key that encrypts everything, where alarms send mail
site = Site("site", stack=stack, region=settings.availability.regions[0], services=settings.network.endpoints)

# the network: a public edge, private tasks
network = ServiceNetwork(
    "network", site=site, network=settings.network, clients=settings.entrance.clients, port=server.port
)

# where the images lie
registry = Registry("registry", site=site, image=settings.service.image)

# what the world reaches
front = Front("front", site=site, base_name=name, settings=settings, server=server, network=network)

# the tasks that answer
service = FargateService(
    "service",
    site=site,
    base_name=name,
    settings=settings,
    server=server,
    network=network,
    registry=registry,
    front=front,
)

# tasks follow the traffic
Autoscaling(
    "scaling",
    site=site,
    scaling=settings.scaling,
    service="ecs",
    dimension="ecs:service:DesiredCount",
    resource_id=service.resource_id,
    metrics=choose_metrics(front),
)
graphs = panels(front, service.cluster_name, service.service_name, site.region, settings.alarms)
dashboard(name, region=site.region, panels=graphs)

export_endpoint(
    stack,
    invoke=Invoke(url=front.url, auth="none", health_url=front.health_url),
    zones=site.zones,
    dashboard_url=dashboard_url(name, site.region),
    image=settings.service.image,
    app_url=front.url,
    task_definition=service.task_definition,
    model_digest=settings.release.artefact_digest,
)
