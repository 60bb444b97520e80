"""Instances of a SageMaker variant follow its traffic."""

from __future__ import annotations

import pulumi

from shared.aws.sagemaker.endpoint import SageMakerEndpoint
from shared.aws.sagemaker.metrics import choose_metrics, factors
from shared.aws.scaling import Autoscaling
from shared.aws.site import Site
from shared.scaling import Scaling


class VariantScaling(Autoscaling):
    """The `scaling` block applied to the one variant of an endpoint."""

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        scaling: Scaling,
        endpoint: SageMakerEndpoint,
        instance_type: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            name,
            site=site,
            scaling=scaling,
            service="sagemaker",
            dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=endpoint.variant,
            metrics=choose_metrics(endpoint.name),
            factors=factors(instance_type),
            opts=opts,
        )
