"""Reading back what serves: whether the clouds run what the state declares, and whether it is healthy.

The engine's own comparison only reads each resource's settings. Other calls say whether an endpoint is in service,
which revision gets its traffic and how many copies run: one function per type of resource here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Clients = Callable[[str, str], Any]
"""Gives boto3's client of a service in a region; of the session's own where the region is empty."""


@cache
def boto3_client(service: str, region: str) -> Any:
    import boto3  # a third of a command's own start, for the real clouds

    return boto3.client(service, region_name=region or None)  # pyright: ignore[reportArgumentType, reportCallIssue]


@dataclass(frozen=True)
class DeployedResource:
    """A resource of a state: its type, its logical name and the outputs that the provider gave."""

    type: str
    name: str
    outputs: Mapping[str, Any]

    @property
    def region(self) -> str:
        """The region in the resource's ARN; empty where it has none."""
        arn = str(self.outputs.get("arn") or self.outputs.get("cluster") or "")
        parts = arn.split(":")
        return str(self.outputs.get("region") or (parts[3] if len(parts) > 3 else ""))


def read_state(deployment: Mapping[str, Any]) -> tuple[DeployedResource, ...]:
    """The resources in `pulumi stack export`, without those that are about to be deleted."""
    return tuple(
        DeployedResource(str(resource["type"]), str(resource["urn"]).rsplit("::", 1)[-1], resource.get("outputs") or {})
        for resource in deployment.get("resources") or ()
        if not resource.get("delete")
    )


def find_faults(resources: Iterable[DeployedResource], clients: Clients) -> Iterator[str]:
    """A sentence for each resource that does not serve as it was declared, by the resource's name."""
    from botocore.exceptions import BotoCoreError, ClientError  # half a second, where something of AWS is deployed

    for resource in resources:
        look = LOOKS.get(resource.type)
        if look is None:
            continue
        try:
            yield from (f"{resource.name}: {fault}" for fault in look(resource, clients))
        except (BotoCoreError, ClientError) as error:
            yield f"{resource.name}: cannot be read back: {error}"


def look_at_endpoint(endpoint: DeployedResource, clients: Clients) -> Iterator[str]:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html"""
    declared = endpoint.outputs.get("endpointConfigName")
    description = clients("sagemaker", endpoint.region).describe_endpoint(EndpointName=endpoint.outputs["name"])
    if description["EndpointStatus"] != "InService":
        reason = description.get("FailureReason", "no reason given")
        yield f"is {description['EndpointStatus']}, expected InService: {reason}"
    if description["EndpointConfigName"] != declared:
        yield f"serves the configuration {description['EndpointConfigName']}, declared is {declared}"
    for variant in description.get("ProductionVariants", ()):
        wanted, weight = variant.get("DesiredWeight"), variant.get("CurrentWeight")
        if wanted != weight:
            yield f"gives the variant {variant['VariantName']} the weight {weight}, wanted is {wanted}"


def look_at_service(service: DeployedResource, clients: Clients) -> Iterator[str]:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
    cluster, name = str(service.outputs["cluster"]), str(service.outputs["name"])
    services = clients("ecs", service.region).describe_services(cluster=cluster, services=[name])["services"]
    if not services or services[0]["status"] != "ACTIVE":
        yield f"is {services[0]['status'] if services else 'gone'}, expected ACTIVE"
        return
    running, declared = services[0], str(service.outputs.get("taskDefinition"))
    if running["taskDefinition"] != declared:
        yield f"runs {running['taskDefinition']}, declared is {declared}"
    for deployment in running.get("deployments", ()):
        if deployment.get("status") == "PRIMARY" and deployment.get("rolloutState") == "FAILED":
            yield f"its rollout failed: {deployment.get('rolloutStateReason', 'no reason given')}"
    yield from look_at_count(running["desiredCount"], f"service/{cluster.rsplit('/', 1)[-1]}/{name}", service, clients)


def look_at_count(desired: int, resource: str, service: DeployedResource, clients: Clients) -> Iterator[str]:
    """Whether the desired count is within the autoscaler's bounds as they are now: a schedule may have moved them."""
    client = clients("application-autoscaling", service.region)
    scalable = client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource])["ScalableTargets"]
    for least, most in ((target["MinCapacity"], target["MaxCapacity"]) for target in scalable):
        if not least <= desired <= most:
            yield f"wants {desired} tasks, the autoscaler's bounds are {least} to {most}"


def look_at_function(function: DeployedResource, clients: Clients) -> Iterator[str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"""
    client = clients("lambda", function.region)
    configuration = client.get_function_configuration(FunctionName=function.outputs["name"])
    for key, wanted in (("State", "Active"), ("LastUpdateStatus", "Successful")):
        if configuration.get(key, wanted) not in (wanted, "Inactive"):  # it is inactive when nobody called it for weeks
            reason = configuration.get(f"{key}Reason", "no reason given")
            yield f"{key} is {configuration[key]}, expected {wanted}: {reason}"
    if (declared := function.outputs.get("sourceCodeHash")) and configuration["CodeSha256"] != declared:
        yield f"runs the code {configuration['CodeSha256']}, declared is {declared}"


def look_at_alias(alias: DeployedResource, clients: Clients) -> Iterator[str]:
    client = clients("lambda", alias.region)
    answer = client.get_alias(FunctionName=alias.outputs["functionName"], Name=alias.outputs["name"])
    if answer["FunctionVersion"] != alias.outputs.get("functionVersion"):
        yield f"leads to version {answer['FunctionVersion']}, declared is {alias.outputs.get('functionVersion')}"
    yield from look_at_warm_copies(alias, client)


def look_at_warm_copies(alias: DeployedResource, client: Any) -> Iterator[str]:
    """If a version does not start, its warm copies end as FAILED although the alias moved and the deployment succeeded.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
    """
    function, name = alias.outputs["functionName"], alias.outputs["name"]
    try:
        copies = client.get_provisioned_concurrency_config(FunctionName=function, Qualifier=name)
    except client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        return
    if copies["Status"] == "FAILED":
        yield f"its warm copies are FAILED: {copies.get('StatusReason', 'no reason given')}"


LOOKS: Mapping[str, Callable[[DeployedResource, Clients], Iterator[str]]] = {
    "aws:sagemaker/endpoint:Endpoint": look_at_endpoint,
    "aws:ecs/service:Service": look_at_service,
    "aws:lambda/function:Function": look_at_function,
    "aws:lambda/alias:Alias": look_at_alias,
}
"""What is read back of AWS, by type; Azure's are in readback_azure.py."""
