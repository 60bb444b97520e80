"""Container apps, container groups, Kubernetes clusters, web apps and Azure OpenAI."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

APP = "azure-native:app:ContainerApp"
ENVIRONMENT = "azure-native:app:ManagedEnvironment"
GROUP = "azure-native:containerinstance:ContainerGroup"
CLUSTER = "azure-native:containerservice:ManagedCluster"
SUBNET = "azure-native:network:Subnet"
PLAN, WEB = "azure-native:web:AppServicePlan", "azure-native:web:WebApp"
_LEARN = "https://learn.microsoft.com/azure"


@rule(APP, source=f"{_LEARN}/container-apps/containers#configuration")
def size_of_a_container_app(it: Resource) -> Found:
    made = it.blocks("template.containers")
    processors = [one.number("resources.cpu") for _, one in made]
    memories = [_gibibytes(one.text("resources.memory")) for _, one in made]
    # an app without profile runs on Consumption; the others allow any size
    dedicated = it.get("workloadProfileName") not in (None, "Consumption")
    if dedicated or not made or None in processors or None in memories:
        return
    cpu, memory = sum(p for p in processors if p), sum(m for m in memories if m)
    if not 0.25 <= cpu <= 4 or (cpu * 4) % 1 or abs(memory - 2 * cpu) > 1e-9:
        message = "ContainerAppInvalidResourceTotal: The total requested CPU and memory resources for this application"
        yield (
            "template.containers",
            f"{message} (CPU: {cpu:g}, memory: {memory:g}) is invalid: 0.25/0.5Gi to 4/8Gi is expected",
        )


def _gibibytes(text: str) -> float | None:
    return as_number(text.removesuffix("Gi")) if text.endswith("Gi") else None


@rule(APP, source="https://learn.microsoft.com/azure/container-apps/scale-app")
def replicas_and_secrets_of_an_app(it: Resource) -> Found:
    least, most = it.number("template.scale.minReplicas"), it.number("template.scale.maxReplicas")
    if least is not None and most is not None and least > most:
        message = "ContainerAppInvalidScaleSpec: minReplicas must not exceed maxReplicas"
        yield "template.scale.minReplicas", f"{message}: {least:g} > {most:g}"
    if most is not None and not 1 <= most <= 1000:
        yield "template.scale.maxReplicas", f"ContainerAppInvalidScaleSpec: expected 1 to 1000, found {most:g}"
    given = it.get("configuration.secrets")
    names = {one.get("name") for _, one in it.blocks("configuration.secrets")}
    if given is UNKNOWN or UNKNOWN in names or it.get("configuration") is UNKNOWN:
        return
    for path, one in it.blocks("template.containers"):
        for _, env in one.blocks("env"):
            if (used := env.text("secretRef")) and used not in names:
                message = f"ContainerAppSecretRefNotFound: SecretRef '{used}' defined for container is not found"
                yield f"{path}.env", message
    for path, one in it.blocks("configuration.registries"):
        if (used := one.text("passwordSecretRef")) and used not in names:
            message = f"ContainerAppRegistriesPasswordSecretRefNotFound: SecretRef '{used}' defined for registry server is not found"
            yield f"{path}.passwordSecretRef", message
    weights = [one.number("weight") for _, one in it.blocks("configuration.ingress.traffic")]
    known = [weight for weight in weights if weight is not None]
    if weights and len(known) == len(weights) and sum(known) != 100:
        message = "ContainerAppInvalidTrafficWeight: the weights must sum to 100"
        yield "configuration.ingress.traffic", f"{message}, found {sum(known):g}"


@rule(APP, source=f"{_LEARN}/container-apps/manage-secrets")
def secrets_of_an_app(it: Resource) -> Found:
    for path, one in it.blocks("configuration.secrets"):
        if one.get("value") is None and (one.get("keyVaultUrl") is None or one.get("identity") is None):
            message = (
                f"ContainerAppSecretInvalid: Container app secret(s) with name(s) '{one.text('name')}' are invalid"
            )
            yield path, f"{message}: value or keyVaultUrl and identity should be provided."


@rule(ENVIRONMENT, source=f"{_LEARN}/container-apps/custom-virtual-networks#subnet")
def subnet_of_an_environment(it: Resource, program: Program) -> Found:
    subnet = program.refer(it, "vnetConfiguration.infrastructureSubnetId", SUBNET)
    text = subnet.text("addressPrefix") if subnet else ""
    # in a delegated subnet an environment has profiles also where it names none, since January 2026:
    # https://github.com/microsoft/azure-container-apps/issues/1646
    profiles = it.get("workloadProfiles") is not None or (subnet and subnet.get("delegations") is not None)
    smallest = 27 if profiles else 23
    length = text.rpartition("/")[2]
    if subnet and length.isdigit() and int(length) > smallest:
        message = (
            "ManagedEnvironmentInvalidNetworkConfiguration: The environment network configuration is invalid: Provided"
        )
        told = f"{message} subnet must have a size of at least /{smallest}, {subnet.name!r} is /{length}"
        yield "vnetConfiguration.infrastructureSubnetId", told


@rule(GROUP, source=f"{_LEARN}/container-instances/container-instances-container-groups")
def ports_of_a_container_group(it: Resource) -> Found:
    outside = [one.number("port") for _, one in it.blocks("ipAddress.ports")]
    inside = [port.number("port") for _, one in it.blocks("containers") for _, port in one.blocks("ports")]
    for port in outside:
        if port is not None and port not in inside and None not in inside:
            message = f"UnreferencedIpAddressPorts: Following ports '{port:g}' in the 'ipAddress' are not used by any"
            yield "ipAddress.ports", f"{message} container"
    if it.get("subnetIds") is not None and it.get("ipAddress.type") == "Public":
        yield "ipAddress.type", "InvalidIPAddressType: IP Address type can't be public when network profile is set"
    if it.get("ipAddress.dnsNameLabel") is not None and it.get("ipAddress.type") == "Private":
        message = "DNS name label for container group is only supported when IP Address type is public"
        yield "ipAddress.dnsNameLabel", f"DnsNameLabelNotSupported: {message}"


@rule(GROUP, source="https://github.com/docker-archive/compose-cli/issues/743")
def limits_of_a_container_group(it: Resource) -> Found:
    made = it.blocks("containers")
    for name in ("cpu", "memoryInGB"):
        requests = [one.number(f"resources.requests.{name}") for _, one in made]
        known = [request for request in requests if request is not None]
        for path, one in made:
            limit = one.number(f"resources.limits.{name}")
            if limit is not None and len(known) == len(requests) and limit > sum(known):
                message = (
                    f"ContainerLimitGreaterThanContainerGroupTotalRequest: The '{name}' limit '{limit:g}' is greater"
                )
                yield (
                    f"{path}.resources.limits.{name}",
                    f"{message} than the total request '{sum(known):g}' of the group",
                )


@rule(CLUSTER, source=f"{_LEARN}/aks/use-system-pools")
def pools_of_a_cluster(it: Resource) -> Found:
    pools = it.blocks("agentPoolProfiles")
    if pools and all(one.get("mode") == "User" for _, one in pools):
        yield "agentPoolProfiles", "BadRequest: Must define at least one system pool."
    for path, one in pools:
        least, most = one.number("minCount"), one.number("maxCount")
        if one.get("enableAutoScaling") in (None, False) and (least is not None or most is not None):
            message = "InvalidParameter: minCount and maxCount are for pools with enableAutoScaling"
            yield f"{path}.enableAutoScaling", message
        if least is not None and most is not None and least > most:
            yield f"{path}.maxCount", f"InvalidParameter: found {most:g}, expected at least minCount ({least:g})"
    if it.get("dnsPrefix") is None and it.get("fqdnSubdomain") is None:
        yield "dnsPrefix", "InvalidParameter: Required parameter dnsPrefix is missing (null)."
    if it.get("identity") is None and it.get("servicePrincipalProfile") is None:
        message = "InvalidParameter: Required parameter servicePrincipalProfile is missing (null)."
        yield "identity", f"{message} A managed identity stands in for it"


@rule(CLUSTER, source=f"{_LEARN}/aks/configure-azure-cni")
def addresses_of_a_cluster(it: Resource, program: Program) -> Found:
    services, server = it.text("networkProfile.serviceCidr"), it.text("networkProfile.dnsServiceIP")
    if all(it.get(f"networkProfile.{name}") is None for name in ("serviceCidr", "serviceCidrs")):
        services = "10.0.0.0/16" if server else ""  # the service's default
    try:
        network = ip_network(services) if services else None
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
    plugin, policy = it.text("networkProfile.networkPlugin"), it.text("networkProfile.networkPolicy")
    if plugin == "kubenet" and policy == "azure":
        message = "InvalidParameter"
        yield "networkProfile.networkPolicy", f"{message}: the network policy azure needs the network plugin azure"


@rule(WEB, source=f"{_LEARN}/app-service/overview-hosting-plans")
def app_fits_its_plan(it: Resource, program: Program) -> Found:
    plan = program.refer(it, "serverFarmId", PLAN)
    if plan is None:
        return
    tier = plan.text("sku.tier") or {"F": "Free", "D": "Shared", "Y": "Dynamic"}.get(plan.text("sku.name")[:1], "")
    if it.get("siteConfig.alwaysOn") is True and tier in ("Free", "Shared", "Dynamic"):
        message = "BadRequest: AlwaysOn cannot be set for this site as the plan does not allow it"
        yield "siteConfig.alwaysOn", f"{message} ({tier})"
    stack = it.get("siteConfig.linuxFxVersion") is not None
    linux = stack or ("linux" in it.text("kind").lower() and "linux" not in plan.text("kind").lower())
    if linux and plan.get("reserved", False) is False:
        message = "BadRequest: The parameter LinuxFxVersion has an invalid value"
        yield "serverFarmId", f"{message}: a Linux app needs a plan with reserved=true, {plan.name!r} has not"
