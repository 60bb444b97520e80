"""Container apps and groups (CPU, memory, traffic weights) and the address ranges of Kubernetes clusters."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

APP = "azure-native:app:ContainerApp"
JOB = "azure-native:app:Job"
ENVIRONMENT = "azure-native:app:ManagedEnvironment"
GROUP = "azure-native:containerinstance:ContainerGroup"
CLUSTER = "azure-native:containerservice:ManagedCluster"
SUBNET = "azure-native:network:Subnet"
_LEARN = "https://learn.microsoft.com/azure"


@rule(APP, JOB, source=f"{_LEARN}/container-apps/containers#configuration")
def size_of_a_container_app(it: Resource, program: Program) -> Found:
    made = it.blocks("template.containers")
    processors = [container.number("resources.cpu") for _, container in made]
    memories = [_gibibytes(container.text("resources.memory")) for _, container in made]
    # An app without a workload profile runs on Consumption; the other profiles allow any size.
    dedicated = it.get("workloadProfileName") not in (None, "Consumption")
    if dedicated or not made or None in processors or None in memories:
        return
    cpu, memory = sum(p for p in processors if p), sum(m for m in memories if m)
    environment = program.refer(it, "managedEnvironmentId", ENVIRONMENT) or program.refer(
        it, "environmentId", ENVIRONMENT
    )
    # An environment without workload profiles is of the older kind, whose apps have at most 2 cores.
    most = 2 if environment and environment.new and not environment.get("workloadProfiles") else 4
    if not 0.25 <= cpu <= most or (cpu * 4) % 1 or abs(memory - 2 * cpu) > 1e-9:
        message = "ContainerAppInvalidResourceTotal: The total requested CPU and memory resources for this application"
        yield (
            "template.containers",
            f"{message} (CPU: {cpu:g}, memory: {memory:g}) is invalid: 0.25/0.5Gi to {most}/{2 * most}Gi is expected",
        )


def _gibibytes(text: str) -> float | None:
    return as_number(text.removesuffix("Gi")) if text.endswith("Gi") else None


@rule(APP, source=f"{_LEARN}/container-apps/traffic-splitting")
def traffic_of_a_container_app(it: Resource) -> Found:
    weights = [share.number("weight") for _, share in it.blocks("configuration.ingress.traffic")]
    known = [weight for weight in weights if weight is not None]
    if weights and len(known) == len(weights) and sum(known) != 100:
        message = "ContainerAppInvalidTrafficWeight: the weights must sum to 100"
        yield "configuration.ingress.traffic", f"{message}, found {sum(known):g}"


@rule(GROUP, source="https://github.com/docker-archive/compose-cli/issues/743")
def limits_of_a_container_group(it: Resource) -> Found:
    made = it.blocks("containers")
    for name in ("cpu", "memoryInGB"):
        requests = [container.number(f"resources.requests.{name}") for _, container in made]
        known = [request for request in requests if request is not None]
        for path, container in made:
            limit = container.number(f"resources.limits.{name}")
            if limit is not None and len(known) == len(requests) and limit > sum(known):
                message = (
                    f"ContainerLimitGreaterThanContainerGroupTotalRequest: The '{name}' limit '{limit:g}' is greater"
                )
                yield (
                    f"{path}.resources.limits.{name}",
                    f"{message} than the total request '{sum(known):g}' of the group",
                )


_KEPT = ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")
"""The ranges that AKS keeps for itself: https://github.com/Azure/AKS/issues/2234"""


@rule(CLUSTER, source=f"{_LEARN}/aks/configure-azure-cni")
def addresses_of_a_cluster(it: Resource, program: Program) -> Found:
    services, server = it.text("networkProfile.serviceCidr"), it.text("networkProfile.dnsServiceIP")
    if all(it.get(f"networkProfile.{name}") is None for name in ("serviceCidr", "serviceCidrs")):
        services = "10.0.0.0/16"  # the default range of AKS
    try:
        network = ip_network(services) if services else None
        if network and any(network.overlaps(ip_network(kept)) for kept in _KEPT):
            message = (
                f"InvalidParameter: AKS clusters may not use {', '.join(_KEPT)} for the Kubernetes service address"
            )
            yield "networkProfile.serviceCidr", f"{message} range, found {services}"
        if network and server and ip_address(server) not in network:
            yield "networkProfile.dnsServiceIP", f"DnsServiceIpOutOfServiceCidr: {server} is not within {services}"
        for index, _ in enumerate(it.list("agentPoolProfiles")):
            subnet = program.refer(it, f"agentPoolProfiles[{index}].vnetSubnetID", SUBNET)
            text = subnet.text("addressPrefix") if subnet else ""
            if network and subnet and text and network.overlaps(ip_network(text)):
                message = f"ServiceCidrOverlapExistingSubnetsCidr: The specified service CIDR {services} is conflicted"
                yield "networkProfile.serviceCidr", f"{message} with an existing subnet CIDR {text}"
    except ValueError:
        return


@rule("azure-native:app:ManagedCertificate", source="https://github.com/pulumi/pulumi-azure-native/issues/2614")
def host_of_a_certificate(it: Resource, program: Program) -> Found:
    host = it.text("properties.subjectName")
    environment = program.refer(it, "environmentName", ENVIRONMENT)
    if not host or environment is None or not environment.new or not it.new:
        return
    apps = [
        app for path in ("managedEnvironmentId", "environmentId") for app in program.referring(environment, path, APP)
    ]
    domains = [
        (app, domain.get("name")) for app in apps for _, domain in app.blocks("configuration.ingress.customDomains")
    ]
    if not any(name in (host, UNKNOWN) and program.waits_for(it, app) for app, name in domains):
        message = (
            f"RequireCustomHostnameInEnvironment: Creating managed certificate requires hostname '{host}' added as a"
        )
        told = f"{message} custom hostname to a container app in environment '{environment.name}'"
        yield "properties.subjectName", f"{told}: found no dependency on such an app"
