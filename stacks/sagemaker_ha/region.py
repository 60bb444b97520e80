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
    """client ─▶ load balancer ─▶ router ─▶ endpoint, each over all zones; `peer` helps when the endpoint fails.

    The endpoint is changed once that of the region `after` runs what it was asked to.
    """

    def __init__(
        self,
        name: str,
        *,
        stack: Stack[Settings],
        region: str,
        peer: str,
        after: ServingRegion | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        settings = stack.settings
        self._stack, self._base_name, self.region = stack, stack.physical_name(limit=40), region
        self._site = site = Site(
            f"{name}-site",
            stack=stack,
            region=region,
            services=SERVICES,
            instance_type=settings.endpoint.instance_type,
            opts=self.child(),
        )
        self.zones = site.zones
        network = PrivateNetwork(
            f"{name}-network", site=site, cidr=settings.endpoint.network_cidr, services=SERVICES, opts=self.child()
        )
        edge = Edge(
            f"{name}-edge",
            site=site,
            network=network,
            cidr=settings.endpoint.network_cidr,
            clients=settings.entrance.clients,
            opts=self.child(),
        )
        self.endpoint = self._endpoint(name, network, after)
        router = self._router(name, edge, peer)
        self.front = Front(
            f"{name}-front",
            site=site,
            base_name=self._base_name,
            entrance=settings.entrance,
            edge=edge,
            router=router,
            opts=self.child(),
        )
        self.watch = RegionWatch(
            f"{name}-watch",
            site=site,
            base_name=self._base_name,
            errors_per_minute=settings.routing.errors_per_minute,
            endpoint=self.endpoint,
            front=self.front,
            router=router,
            opts=self.child(),
        )
        self.panels = panels(self.endpoint, self.front, router, site)
        self.register_outputs({})

    def _endpoint(self, name: str, network: PrivateNetwork, after: ServingRegion | None) -> SageMakerEndpoint:
        """The model from its own bucket in this region, the endpoint that serves it, and its scaling."""
        site, settings = self._site, self._stack.settings
        hosting, release = settings.endpoint, settings.release
        artefact = ModelArtefact(f"{name}-artefact", site=site, release=release, opts=self.child())
        model = ServedModel(
            f"{name}-served",
            site=site,
            hosting=hosting,
            release=release,
            network=network,
            artefact=artefact,
            opts=self.child(),
        )
        endpoint = SageMakerEndpoint(
            f"{name}-endpoint",
            site=site,
            base_name=self._base_name,
            hosting=hosting,
            release=release,
            config_name=after.endpoint.then(model.config_name) if after else model.config_name,
            opts=self.child(),
        )
        VariantScaling(
            f"{name}-scaling",
            site=site,
            scaling=settings.scaling,
            endpoint=endpoint,
            instance_type=hosting.instance_type,
            opts=self.child(),
        )
        return endpoint

    def _router(self, name: str, edge: Edge, peer: str) -> RouterFunction:
        settings = self._stack.settings
        return RouterFunction(
            f"{name}-router",
            site=self._site,
            base_name=self._base_name,
            router=settings.router,
            edge=edge,
            endpoint=self.endpoint,
            peer_region=peer,
            cooldowns=settings.scaling.cooldowns,
            opts=self.child(),
        )
