"""Warm copies of a function, as many as the traffic needs: provisioned concurrency of an alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.scaling import Autoscaling
from shared.aws.site import Site
from shared.scaling import Metric, Scaling

# the settings speak of percent, Lambda's metric is a ratio
PERCENT = 0.01
# the average of the minutes that had requests: without any there is no data, and nothing is scaled in
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
            metrics={Metric.UTILIZATION: IN_USE, Metric.REQUESTS_PER_MINUTE: requests_per_copy(alias)},
            factors={Metric.UTILIZATION: PERCENT},
            opts=self.child(),
        )
        self.register_outputs({})


def requests_per_copy(alias: aws.lambda_.Alias) -> Mapping[str, Any]:
    """Requests a minute that one warm copy has, those that spill over to cold copies included.

    Lambda has no such metric, nor one of how many copies are warm: that is those in use divided by their share.
    """
    dimensions = [
        {"name": "FunctionName", "value": alias.function_name},
        {"name": "Resource", "value": pulumi.Output.concat(alias.function_name, ":", alias.name)},
    ]

    def query(name: str, metric: str, stat: str) -> dict[str, Any]:
        measured = {"namespace": "AWS/Lambda", "metric_name": metric, "dimensions": dimensions}
        return {"id": name, "metric_stat": {"metric": measured, "stat": stat}, "return_data": False}

    return {
        "customized_metric_specification": {
            "metrics": [
                {"id": "per_copy", "expression": "requests * share / used", "label": "requests per warm copy"},
                query("requests", "Invocations", "Sum"),
                query("share", "ProvisionedConcurrencyUtilization", "Maximum"),
                query("used", "ProvisionedConcurrentExecutions", "Maximum"),
            ]
        }
    }
