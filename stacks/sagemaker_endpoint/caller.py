"""What a caller needs: the current endpoint's name, and leave to invoke it."""

from __future__ import annotations

import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.iam import allow, document
from shared.aws.sagemaker.endpoint import SageMakerEndpoint
from shared.aws.site import Site


class CallerAccess(Component):
    """A parameter that always holds the name of the endpoint in service, and a policy for callers' roles."""

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        parameter: str,
        endpoint: SageMakerEndpoint,
    ) -> None:
        super().__init__(name)
        pointer = aws.ssm.Parameter(
            f"{name}-endpoint-name",
            name=parameter,
            type="String",
            value=endpoint.name,
            description="Name of the endpoint in service; changes with the instance type",
            region=site.region,
            opts=self.child(),
        )
        statements = [
            allow("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream", on=endpoint.generations),
            allow("ssm:GetParameter", on=pointer.arn),
        ]
        aws.iam.Policy(
            f"{name}-invoke",
            description=f"Invoke {base_name} and find its current name",
            policy=document(*statements),
            opts=self.child(),
        )
        self.register_outputs({})
