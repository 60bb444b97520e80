"""Warm copies of a function, as many as the traffic needs: provisioned concurrency of an alias."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.scaling import Autoscaling
from shared.aws.site import Site
from shared.scaling import Metric, Scaling

# the settings speak of percent, Lambda's metric is a ratio
PERCENT = 0.01
IN_USE = {"predefined_metric_specification": {"predefined_metric_type": "LambdaProvisionedConcurrencyUtilization"}}


class WarmCopies(Component):
    """The scalable target owns the number, so there is no ProvisionedConcurrencyConfig that would fight it."""

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        scaling: Scaling,
        alias: aws.lambda_.Alias,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        Autoscaling(
            name,
            site=site,
            scaling=scaling,
            service="lambda",
            dimension="lambda:function:ProvisionedConcurrency",
            resource_id=pulumi.Output.concat("function:", alias.function_name, ":", alias.name),
            metrics={Metric.UTILIZATION: IN_USE},
            factors={Metric.UTILIZATION: PERCENT},
            opts=self.child(),
        )
        self.register_outputs({})
