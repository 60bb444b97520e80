"""A SageMaker real-time endpoint that scales with its traffic and turns a bad release back by itself.

caller ─ SigV4 ─▶ SageMaker runtime ─▶ endpoint (min..max instances over 2+ zones, private subnets)
                                          │ model.tar.gz by digest, from a private bucket
                                          ├─▶ captured requests ─▶ private bucket
                                          └─▶ CloudWatch ─▶ target tracking, alarms ─▶ rollback, mail

Callers read the endpoint's name from the parameter, so that a change of instance type, which makes a second
endpoint, reaches them without a release of theirs.
"""

from __future__ import annotations

from caller import CallerAccess
from settings import Settings

from shared.aws.alarms import dashboard, dashboard_url
from shared.aws.artefact import ModelArtefact
from shared.aws.network import PrivateNetwork
from shared.aws.sagemaker.endpoint import SERVICES, SageMakerEndpoint
from shared.aws.sagemaker.metrics import panels, shadow_panels
from shared.aws.sagemaker.scaling import VariantScaling
from shared.aws.sagemaker.served_model import ServedModel
from shared.aws.site import Site
from shared.outputs import Invoke, export_endpoint
from shared.stack import Stack

stack = Stack.load(Settings)
settings = stack.settings
hosting, release = settings.endpoint, settings.release
name = stack.physical_name(limit=40)

# the region: its zones, the key that encrypts everything, where alarms send mail
site = Site(
    "site",
    stack=stack,
    region=settings.availability.regions[0],
    services=SERVICES,
    instance_type=hosting.instance_type,
)

# the private network the instances stand in, one subnet per zone
network = PrivateNetwork("network", site=site, cidr=hosting.network_cidr, services=SERVICES)

# the model, pinned by its digest, and the container and fleet that serve it
artefact = ModelArtefact("artefact", site=site, release=release)
model = ServedModel(
    "served",
    site=site,
    hosting=hosting,
    release=release,
    network=network,
    artefact=artefact,
    shadow=hosting.shadow,
)

# the endpoint: traffic moves to a new model in steps, alarms move it back
endpoint = SageMakerEndpoint(
    "endpoint", site=site, base_name=name, hosting=hosting, release=release, config_name=model.config_name
)

# instances follow the traffic
VariantScaling("scaling", site=site, scaling=settings.scaling, endpoint=endpoint, instance_type=hosting.instance_type)

# how callers find the endpoint, and what they may do to it
CallerAccess("caller", site=site, base_name=name, parameter=stack.parameter_path("endpoint-name"), endpoint=endpoint)
compared = shadow_panels(endpoint.name, site.region, hosting.shadow)
dashboard(name, region=site.region, panels=[*panels(endpoint.name, site.region, settings.alarms), *compared])

export_endpoint(
    stack,
    invoke=Invoke(url=endpoint.url, auth="sigv4", service="sagemaker", region=site.region),
    zones=site.zones,
    dashboard_url=dashboard_url(name, site.region),
    image=hosting.image,
    endpoint_name=endpoint.name,
    endpoint_config_name=endpoint.runs,
    model_digest=release.artefact_digest,
)
