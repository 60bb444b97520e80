"""Node pools of AKS: their labels, taints, versions and networks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.containers import CLUSTER, SUBNET
from rehearsal.judge.rules.azure.networks import NETWORK

POOL = "azure-native:containerservice:AgentPool"
_OWN = frozenset(
    f"kubernetes.azure.com/{name}"
    for name in (
        "cluster",
        "fips_enabled",
        "mode",
        "os-sku",
        "os-sku-effective",
        "os-sku-requested",
        "scalesetpriority",
        "sku-cpu",
        "sku-memory",
    )
)
"""The labels of AKS that a program may repeat: https://github.com/Azure/karpenter-provider-azure/pull/1555"""
# What Kubernetes itself writes may be written again.
_ALLOWED = re.compile(
    r"(.*\.)?(kubelet|node|topology|beta|failure-domain\.beta)\.(kubernetes|k8s)\.io/.*|kubernetes\.io/.*"
)
_VALUE = re.compile(r"([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")
_TAINT = re.compile(r"[^\s=:]+(=[^\s:]*)?:(NoSchedule|PreferNoSchedule|NoExecute)")


def _pools(it: Resource) -> Iterator[tuple[str, Resource]]:
    yield from [("", it)] if it.type == POOL else ((f"{path}.", pool) for path, pool in it.blocks("agentPoolProfiles"))


@rule(POOL, CLUSTER, source="https://github.com/hashicorp/terraform-provider-azurerm/issues/18567")
def labels_of_a_pool(it: Resource) -> Found:
    for path, pool in _pools(it):
        labels = pool.get("nodeLabels")
        for key, value in labels.items() if isinstance(labels, Mapping) else ():
            space = key.partition("/")[0] if "/" in key else ""
            if re.fullmatch(r"(.*\.)?(kubernetes|k8s)\.io", space) and not _ALLOWED.fullmatch(key):
                message = "BadRequest: node label keys in the 'kubernetes.io' or 'k8s.io' namespace must begin with an"
                yield (
                    f"{path}nodeLabels",
                    f"{message} allowed prefix (kubelet.kubernetes.io, node.kubernetes.io): {key!r}",
                )
            if space == "kubernetes.azure.com" and key not in _OWN:
                message = "BadRequest: AKS keeps the labels of kubernetes.azure.com for itself"
                yield f"{path}nodeLabels", f"{message}: {key!r}"
            if isinstance(value, str) and not _VALUE.fullmatch(value):
                message = (
                    "BadRequest: a label's value has at most 63 letters, digits, '-', '_' and '.', a letter or digit"
                )
                yield f"{path}nodeLabels", f"{message} first and last: {key!r} is {value!r}"


@rule(POOL, CLUSTER, source="https://github.com/hashicorp/terraform-provider-azurerm/issues/31386")
def taints_of_a_pool(it: Resource) -> Found:
    for path, pool in _pools(it):
        taints = [taint for taint in pool.list("nodeTaints") if isinstance(taint, str)]
        for taint in taints:
            if not _TAINT.fullmatch(taint):
                message = "InvalidParameter: The value of parameter agentPoolProfile.nodeTaints is invalid"
                told = f"{message}: found {taint!r}, expected key=value:effect with the effect NoSchedule,"
                yield f"{path}nodeTaints", f"{told} PreferNoSchedule or NoExecute"
        pairs = [f"{taint.partition('=')[0].partition(':')[0]}:{taint.rpartition(':')[2]}" for taint in taints]
        for repeated in list_repeated(pairs):
            message = "InvalidParameter: taints must be unique by key and effect"
            yield f"{path}nodeTaints", f"{message}: {repeated!r} is there more than once"


def _version(text: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None


@rule(POOL, CLUSTER, source="https://github.com/rancher/rancher/issues/33426")
def version_of_a_pool(it: Resource, program: Program) -> Found:
    cluster = it if it.type == CLUSTER else program.refer(it, "resourceName", CLUSTER)
    plane = cluster.text("kubernetesVersion") if cluster else ""
    for path, pool in _pools(it) if plane else ():
        mine = pool.text("orchestratorVersion")
        newest, own = _version(plane), _version(mine)
        if newest and own and own > newest:
            message = f"NodePoolMcVersionIncompatible: Node pool version {mine} and control plane version {plane} are"
            told = f"{message} incompatible. Minor version of node pool version {own[1]} is bigger than control plane"
            yield f"{path}orchestratorVersion", f"{told} version {newest[1]}."


@rule(POOL, source="https://learn.microsoft.com/azure/aks/node-pool-unique-subnet#limitations")
def network_of_a_pool(it: Resource, program: Program) -> Found:
    cluster = program.refer(it, "resourceName", CLUSTER)
    mine = _network(it, "vnetSubnetID", program)
    for index, _ in enumerate(cluster.list("agentPoolProfiles") if cluster else ()):
        theirs = _network(cluster, f"agentPoolProfiles[{index}].vnetSubnetID", program)
        if mine and theirs and mine is not theirs:
            message = "BadRequest: All subnets assigned to node pools must belong to the same virtual network"
            yield "vnetSubnetID", f"{message}: {mine.name!r} is not {theirs.name!r} of the cluster"
            return


def _network(it: Resource | None, path: str, program: Program) -> Resource | None:
    subnet = program.refer(it, path, SUBNET) if it else None
    return program.refer(subnet, "virtualNetworkName", NETWORK) if subnet else None
