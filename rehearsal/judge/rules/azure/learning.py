"""Azure Machine Learning: workspaces, endpoints, deployments and registered models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource, as_number
from rehearsal.judge.quotas import advise, quota
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.durations import seconds
from rehearsal.values import UNKNOWN

_ML = "azure-native:machinelearningservices"
WORKSPACE, ENDPOINT = f"{_ML}:Workspace", f"{_ML}:OnlineEndpoint"
DEPLOYMENT, MODEL = f"{_ML}:OnlineDeployment", f"{_ML}:ModelVersion"
STORAGE = "azure-native:storage:StorageAccount"
TEMPLATE = "azure-native:resources:Deployment"
_LEARN = "https://learn.microsoft.com/azure/machine-learning"
_LIMITS = f"{_LEARN}/how-to-manage-quotas"


@rule(ENDPOINT, TEMPLATE, source=f"{_LEARN}/how-to-safely-rollout-online-endpoints")
def traffic_is_whole(it: Resource) -> Found:
    for path, endpoint in _endpoints(it):
        shares = endpoint.get("properties.traffic"), endpoint.get("properties.mirrorTraffic")
        for name, message in _refuse_shares(*shares):
            yield f"{path}properties.{name}", message


def _endpoints(it: Resource) -> list[tuple[str, Resource]]:
    """The endpoint, or the endpoints in a template, each with the prefix of its properties' paths."""
    if it.type == ENDPOINT:
        return [("", it)]
    parts = it.blocks("properties.template.resources")
    return [(f"{path}.", part) for path, part in parts if part.text("type").lower().endswith("/onlineendpoints")]


def _refuse_shares(traffic: Any, mirror: Any) -> Found:
    shares = [as_number(share) for share in traffic.values()] if isinstance(traffic, Mapping) else []
    known = [share for share in shares if share is not None]
    if len(known) == len(shares) and sum(known) not in (0, 100):
        yield "traffic", f"found {sum(known):g} in all, expected percentages that sum to 100 (or 0: no traffic)"
    copies = [share for share in map(as_number, mirror.values()) if share] if isinstance(mirror, Mapping) else []
    if len(copies) > 1:
        yield "mirrorTraffic", f"BadArgument: one deployment can receive mirrored traffic, found {len(copies)}"
    if sum(copies) > 50:
        yield "mirrorTraffic", f"BadArgument: at most 50 percent can be mirrored, found {sum(copies):g}"
    for name in mirror if isinstance(mirror, Mapping) and isinstance(traffic, Mapping) else ():
        if as_number(mirror[name]) and as_number(traffic.get(name)):
            yield "mirrorTraffic", f"BadArgument: {name!r} cannot receive live and mirrored traffic at once"


@rule(ENDPOINT, WORKSPACE, DEPLOYMENT, source=f"{_LEARN}/how-to-identity-based-service-authentication")
def identities_are_named(it: Resource) -> Found:
    kind, named = it.text("identity.type"), it.get("identity.userAssignedIdentities")
    if "UserAssigned" in kind and named in (None, {}):
        yield "identity.userAssignedIdentities", f"BadRequest: the identity type {kind} needs at least one identity"
    if kind == "SystemAssigned" and named not in (None, {}, UNKNOWN):
        yield "identity.userAssignedIdentities", "BadRequest: the identity type SystemAssigned names none"
    if it.type == WORKSPACE and kind.strip() == "UserAssigned" and it.get("primaryUserAssignedIdentity") is None:
        message = "BadRequest: a workspace with a user-assigned identity needs"
        yield "primaryUserAssignedIdentity", f"{message} primaryUserAssignedIdentity"


@rule(WORKSPACE, source=f"{_LEARN}/how-to-manage-workspace")
def parts_of_a_workspace(it: Resource) -> Found:
    kind = it.get("kind", "Default")
    if it.get("identity") is None:
        yield "identity", "BadRequest: Missing required identity: a workspace needs a managed identity"
    if kind == "Project" and it.get("hubResourceId") is None:
        yield "hubResourceId", "BadRequest: a workspace of kind Project needs a hub"
    if kind in ("Default", "Hub"):
        for name in ("keyVault", "storageAccount"):
            if it.get(name) is None and kind == "Default":
                yield name, f"ValidationError: Missing dependent resources in workspace json: {name}"


@rule(WORKSPACE, source=f"{_LEARN}/concept-workspace#associated-resources")
def storage_of_a_workspace(it: Resource, program: Program) -> Found:
    account = program.refer(it, "storageAccount", STORAGE)
    if account and account.get("isHnsEnabled") is True:
        yield "storageAccount", f"BadRequest: Cannot use storage with HNS enabled.: {account.name!r}"
    if account and account.text("sku.name").startswith("Premium"):
        message = "ValidationError: Premium storage accounts cannot be used as default storage of a workspace"
        yield "storageAccount", f"{message}: {account.name!r} is {account.text('sku.name')}"


@rule(DEPLOYMENT, source=_LIMITS)
def limits_of_a_deployment(it: Resource) -> Found:
    capacity = it.number("sku.capacity")
    most = quota("azure-instances-per-deployment")
    if capacity is not None and capacity > most:
        message = f"BadArgument: a deployment has at most {most} instances, found {capacity:g}"
        yield "sku.capacity", f"{message} {advise('azure-instances-per-deployment')}"
    if it.get("properties.endpointComputeType") == "Managed" and capacity is not None and capacity < 1:
        yield "sku.capacity", f"BadArgument: a managed deployment has at least one instance, found {capacity:g}"
    longest = seconds(it.text("properties.requestSettings.requestTimeout"))
    if longest is not None and longest > 180:
        message = "BadArgument: request_timeout_ms must be at most 180000 for managed online endpoints"
        yield "properties.requestSettings.requestTimeout", f"{message}, found {longest:g} s"
    for name in ("livenessProbe", "readinessProbe"):
        waits = seconds(it.text(f"properties.{name}.timeout"))
        if waits is not None and waits > 300:  # https://github.com/Azure/azure-sdk-for-python/issues/33660
            message = "BadArgument: Invalid value provided for Timeout Seconds for Probe"
            yield f"properties.{name}.timeout", f"{message}: <{waits:g}>. The value should be less than 300."
    kind, scaling = it.text("properties.endpointComputeType"), it.text("properties.scaleSettings.scaleType")
    if kind == "Managed" and scaling == "TargetUtilization":
        message = "BadArgument: Scale settings of type TargetUtilization are for Kubernetes; managed ones take Default"
        yield "properties.scaleSettings.scaleType", message
    if kind == "Managed" and it.get("properties.instanceType") is None:
        yield "properties.instanceType", "BadArgument: a managed deployment needs an instance type"


@rule(DEPLOYMENT, source="https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints")
def code_of_a_deployment(it: Resource) -> Found:
    script = it.get("properties.codeConfiguration.scoringScript")
    if it.get("properties.codeConfiguration.codeId") is not None and script is None:
        yield "properties.codeConfiguration.scoringScript", "BadArgument: a scoring script is required with code"
    model = it.text("properties.model")
    if model and not re.match(r"/subscriptions/|azureml:|azureml://|/", model):
        yield "properties.model", f"BadArgument: found {model!r}, expected the id of a registered model"


@rule(MODEL, source=f"{_LEARN}/reference-yaml-model")
def version_of_a_model(it: Resource) -> Found:
    version, address = it.text("version"), it.text("properties.modelUri")
    if version and not re.fullmatch(r"[1-9]\d*", version):
        yield "version", f"BadRequest: Invalid version {version!r}: a model's version must be a positive integer"
    if re.match(r"azureml://(datastores|jobs)/", address):
        form = "azureml://subscriptions/…/resourcegroups/…/workspaces/…/datastores/…/paths/…"
        yield "properties.modelUri", f"BadRequest: the short form is the command line's: expected {form}"


@rule(DEPLOYMENT, source=f"{_LEARN}/how-to-deploy-online-endpoints")
def deployment_lies_with_its_endpoint(it: Resource, program: Program) -> Found:
    endpoint = program.refer(it, "endpointName", ENDPOINT)
    if endpoint and it.text("location") and endpoint.text("location"):
        mine, theirs = (one.text("location").replace(" ", "").lower() for one in (it, endpoint))
        if mine != theirs:
            message = "BadArgument: Location mismatch"
            yield "location", f"{message}: the endpoint {endpoint.name!r} is in {theirs}, not {mine}"


@rule(ENDPOINT, source=f"{_LEARN}/how-to-safely-rollout-online-endpoints")
def traffic_goes_to_what_is_there(it: Resource, program: Program) -> Found:
    traffic = it.get("properties.traffic")
    if not it.new or not isinstance(traffic, Mapping):
        return
    names = [name for name, share in traffic.items() if as_number(share)]
    if names:
        message = f"BadArgument: Deployment {names[0]!r} does not exist"
        yield "properties.traffic", f"{message}: traffic can be given once the deployment is there, after the endpoint"


@rule(DEPLOYMENT, source=f"{_LEARN}/how-to-secure-online-endpoint")
def managed_network_is_ready(it: Resource, program: Program) -> Found:
    workspace = program.refer(it, "workspaceName", WORKSPACE)
    isolation = workspace.text("managedNetwork.isolationMode") if workspace else ""
    if workspace and workspace.new and isolation in ("AllowInternetOutbound", "AllowOnlyApprovedOutbound"):
        provisioned = any(True for _ in program.of(f"{_ML}:ManagedNetworkProvision", f"{_ML}:ManagedNetworkSettings"))
        if workspace.get("provisionNetworkNow") in (None, False) and not provisioned:
            message = "WorkspaceManagedNetworkNotReady: the managed network is not provisioned before the deployment"
            yield "workspaceName", f"{message}: set provisionNetworkNow on {workspace.name!r}"


@rule(ENDPOINT, source=f"{_LEARN}/how-to-deploy-online-endpoints")
def endpoint_lies_with_its_workspace(it: Resource, program: Program) -> Found:
    workspace = program.refer(it, "workspaceName", WORKSPACE)
    if workspace and it.text("location") and workspace.text("location"):
        mine, theirs = (one.text("location").replace(" ", "").lower() for one in (it, workspace))
        if mine != theirs:
            message = "BadArgument: Location mismatch: the endpoint must be in the region of its workspace"
            yield "location", f"{message}, {theirs}, found {mine}"


@rule(f"{_ML}:Compute", source=f"{_LEARN}/how-to-create-attach-compute-cluster")
def nodes_in_order(it: Resource) -> Found:
    scale = "properties.properties.scaleSettings"
    least, most = it.number(f"{scale}.minNodeCount"), it.number(f"{scale}.maxNodeCount")
    if least is not None and most is not None and least > most:
        yield f"{scale}.maxNodeCount", f"BadRequest: found {most:g}, expected at least minNodeCount ({least:g})"
