"""One SageMaker endpoint in one region, updated step by step and rolled back by its own alarms."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.alarms import metric_alarm
from shared.aws.component import Component
from shared.aws.log_group import log_group
from shared.aws.sagemaker.deployment import deployment_config
from shared.aws.sagemaker.metrics import ROLLBACK, VARIANT, alarms
from shared.aws.sagemaker.settings import Hosting
from shared.aws.site import Site
from shared.naming import physical_name
from shared.release import Release

# what is called from inside an endpoint's network
SERVICES = ("sagemaker.runtime", "ecr.api", "ecr.dkr", "logs", "monitoring")


class SageMakerEndpoint(Component):
    """`name` is what callers invoke, `url` where they send it, `variant` what Application Auto Scaling scales.

    `runs` is the configuration that answers, once it is the one that was asked for.

    The name holds the instance type: a scaled endpoint refuses a change of type, so that change makes a second
    endpoint, moves scaling, alarms and pointers to it, and only then deletes the first. `generations` is the ARN that
    callers are allowed on: both of them, so that nobody is refused while the pointer moves from one to the other.
    """

    name: pulumi.Output[str]
    generations: str
    url: pulumi.Output[str]
    variant: pulumi.Output[str]
    runs: pulumi.Output[str]
    alarms: list[aws.cloudwatch.MetricAlarm]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        hosting: Hosting,
        release: Release,
        config_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        endpoint_name = generation_name(base_name, hosting)
        # made first and known by the endpoint's name: the endpoint names them as what turns a deployment back
        self.alarms = [
            metric_alarm(alarm, resource=name, prefix=endpoint_name, site=site, opts=self.child())
            for alarm in alarms(endpoint_name, site.limits)
        ]
        log = log_group(f"{name}-log", name=f"/aws/sagemaker/Endpoints/{endpoint_name}", site=site, opts=self.child())
        rollback_alarms = [f"{endpoint_name}-{alarm}" for alarm in ROLLBACK]
        endpoint = aws.sagemaker.Endpoint(
            f"{name}-endpoint",
            name=endpoint_name,
            endpoint_config_name=config_name,
            deployment_config=deployment_config(release, hosting, rollback_alarms),  # type: ignore[arg-type]
            region=site.region,
            opts=self.child(depends_on=[*self.alarms, log]),
        )
        self.name = endpoint.name
        # the provider reads the endpoint after an update, and so learns what the update ended with
        self.runs = pulumi.Output.all(endpoint_name, endpoint.endpoint_config_name, config_name).apply(
            lambda names: check_running(*names)
        )
        self.generations = site.place.arn("sagemaker", f"endpoint/{base_name}-*")
        self.url = pulumi.Output.concat(
            f"https://runtime.sagemaker.{site.region}.amazonaws.com/endpoints/", endpoint.name, "/invocations"
        )
        self.variant = pulumi.Output.concat("endpoint/", endpoint.name, f"/variant/{VARIANT}")
        self.register_outputs({"name": self.name, "url": self.url})

    def then(self, config_name: pulumi.Output[str]) -> pulumi.Output[str]:
        """The name, for another endpoint that must wait until this one runs the requested configuration; fails if it
        never does."""
        return pulumi.Output.all(config_name, self.runs).apply(lambda names: names[0])


def check_running(endpoint: str, runs: str, requested: str) -> str:
    """The configuration the endpoint runs. Raises RuntimeError when it is not the one that was asked for.

    SageMaker ends an update that its alarms turned back with the status InService, on the old configuration, and the
    provider calls that a success: https://github.com/hashicorp/terraform-provider-aws/issues/46663
    """
    if runs != requested:
        raise RuntimeError(
            f"endpoint {endpoint} runs the configuration {runs}, expected {requested}: SageMaker turned the update "
            "back; its alarms `errors` and `latency` and DescribeEndpoint's FailureReason say why"
        )
    return runs


def generation_name(base: str, hosting: Hosting) -> str:
    """The endpoint's physical name (63 characters at most): the stack's, and the instance type as its generation."""
    return physical_name(base, hosting.instance_type.removeprefix("ml."), limit=63)
