"""Everything that serves in one region: it could carry all the traffic by itself, and sometimes has to."""

from __future__ import annotations

import pulumi
from edge import Edge
from front import Front
from router import RouterFunction
from settings import Settings
from watch import RegionWatch, panels

from shared.aws.artefact import ModelArtefact
from shared.aws.component import Component
from shared.aws.network import PrivateNetwork
from shared.aws.sagemaker.endpoint import SERVICES, SageMakerEndpoint
from shared.aws.sagemaker.scaling import VariantScaling
from shared.aws.sagemaker.served_model import ServedModel
from shared.aws.site import Site
from shared.stack import Stack


class ServingRegion(Component):
    """client ─▶ load balancer ─▶ router ─▶ endpoint, each over all zones; `peer` helps when the endpoint fails."""

    def __init__(
        self,
        name: str,
        *,
        stack: Stack[Settings],
        region: str,
        peer: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        settings, base_name = stack.settings, stack.physical_name(limit=40)
        hosting, release = settings.endpoint, settings.release
        inside = self.child()
        site = Site(f"{name}-site", stack=stack, region=region, opts=inside)
        network = PrivateNetwork(
            f"{name}-network", site=site, cidr=hosting.network_cidr, services=SERVICES, opts=inside
        )
        edge = Edge(
            f"{name}-edge",
            site=site,
            network=network,
            cidr=hosting.network_cidr,
            clients=settings.entrance.clients,
            opts=inside,
        )
        artefact = ModelArtefact(f"{name}-artefact", site=site, release=release, opts=inside)
        model = ServedModel(
            f"{name}-served",
            site=site,
            hosting=hosting,
            release=release,
            network=network,
            artefact=artefact,
            opts=inside,
        )
        endpoint = SageMakerEndpoint(
            f"{name}-endpoint",
            site=site,
            base_name=base_name,
            hosting=hosting,
            release=release,
            config_name=model.config_name,
            opts=inside,
        )
        VariantScaling(f"{name}-scaling", site=site, scaling=settings.scaling, endpoint=endpoint, opts=inside)
        router = RouterFunction(
            f"{name}-router",
            site=site,
            base_name=base_name,
            router=settings.router,
            edge=edge,
            endpoint=endpoint,
            peer_region=peer,
            cooldowns=settings.scaling.cooldowns,
            opts=inside,
        )
        front = Front(
            f"{name}-front",
            site=site,
            base_name=base_name,
            entrance=settings.entrance,
            edge=edge,
            router=router,
            opts=inside,
        )
        self.watch = RegionWatch(
            f"{name}-watch",
            site=site,
            base_name=base_name,
            errors_per_minute=settings.routing.errors_per_minute,
            endpoint=endpoint,
            front=front,
            router=router,
            opts=inside,
        )
        self.region, self.zones, self.front, self.endpoint = region, site.zones, front, endpoint
        self.panels = panels(endpoint, front, router, site)
        self.register_outputs({})
