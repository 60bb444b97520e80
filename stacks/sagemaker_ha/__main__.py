"""A SageMaker endpoint in two regions under one name, with no single point of failure at any tier.

                        ┌─ load balancer ─▶ router ─▶ endpoint   (first region, 2+ zones each)
client ─▶ Route 53 ─────┤                     ╲╱ when the own endpoint has failed twice
   health checks ask    └─ load balancer ─▶ router ─▶ endpoint   (second region, 2+ zones each)
   the model

A load balancer cannot call SageMaker, hence the router, a function. Each region holds the model, the image and the
capacity to carry all traffic. The second region is changed only after the first has been, and serves.
"""

from __future__ import annotations

import pulumi
from global_name import GlobalName
from region import ServingRegion
from settings import Settings

from shared.aws.alarms import dashboard, dashboard_url
from shared.outputs import Invoke, export_endpoint
from shared.stack import Stack

stack = Stack.load(Settings)
settings = stack.settings
home, away = settings.availability.regions
name = stack.physical_name(limit=40)

# the first region: network, model, endpoint, router, load balancer, alarms
first = ServingRegion(home, stack=stack, region=home, peer=away)

# the second region, the same again, once the first serves what it was asked to
second = ServingRegion(
    away, stack=stack, region=away, peer=home, after=first, opts=pulumi.ResourceOptions(depends_on=[first])
)

# the one name, answered with a region that serves
entrance = GlobalName("name", entrance=settings.entrance, routing=settings.routing, primary=first, secondary=second)

# both regions on one page
dashboard(name, region=home, panels=[*first.panels, *second.panels])

export_endpoint(
    stack,
    invoke=Invoke(url=entrance.url, auth="none", health_url=entrance.health_url),
    zones={home: first.zones, away: second.zones},
    dashboard_url=dashboard_url(name, home),
    image=settings.endpoint.image,
    endpoint_name=first.endpoint.name,
    endpoint_config_name=first.endpoint.runs,
    second_endpoint_config_name=second.endpoint.runs,
    model_digest=settings.release.artefact_digest,
)
