"""What runs models on Azure beside online endpoints: functions and their plans, batch, OpenAI, Kubernetes, blobs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability, lifecycle
from .azure_autoscale import DEPLOYMENT

PLAN, APP = "azure-native:web:AppServicePlan", "azure-native:web:WebApp"
STORAGE = "azure-native:storage:StorageAccount"
OPENAI = "azure-native:cognitiveservices:Deployment"
BATCH, BATCH_RUN = (
    "azure-native:machinelearningservices:BatchEndpoint",
    "azure-native:machinelearningservices:BatchDeployment",
)
BLOBS = "azure-native:storage:ManagementPolicy"
ACCOUNT = "azure-native:cognitiveservices:Account"
# type → the most instances that the platform may start
LIMITS = {
    APP: "siteConfig.functionAppScaleLimit",
    PLAN: "maximumElasticWorkerCount",
    "aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion": "maxSize",
}
LEARN = "https://learn.microsoft.com/en-us/azure"
# tiers that start and stop workers by themselves
BY_DEMAND = ("Y", "FC", "EP", "WS")
# tiers that share workers, which have no Always On: https://learn.microsoft.com/en-us/azure/app-service/configure-common
SHARED = ("F", "D")
SCALES = "azure-native:monitor:AutoscaleSetting"
WORKSPACE = "azure-native:machinelearningservices:Workspace"
# models of which a unit of capacity is a thousand tokens a minute; of images and speech it is a number of requests
BY_TOKENS = re.compile(r"(gpt-\d|o\d|text-embedding)(?!.*(transcribe|tts|image|audio|realtime)).*")
MODELS = re.compile(r"(.*[/-])?models?(/.*)?", re.IGNORECASE)


@availability.high(
    PLAN,
    reference=f"{LEARN}/reliability/reliability-app-service",
    fix="Set capacity of the sku to 2 or more, or 3 with zone_redundant.",
)
def azure_app_service_plan_keeps_two(plan: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A dedicated App Service plan has at least two workers.

    The platform updates workers one after the other, and a single one is gone meanwhile. Plans that start workers on
    demand, and free ones, are left alone, and so is the number that a plan with autoscaling begins with.
    """
    name, workers = plan.text("sku.name") or "", plan.number("sku.capacity")
    own = name and not name.startswith((*BY_DEMAND, *SHARED)) and not stack.referring(plan, SCALES, "targetResourceUri")
    if own and workers is not None and workers < least:
        yield f"sku.capacity is {workers:g}, wanted {least} or more"


@availability.high(
    APP,
    reference=f"{LEARN}/azure-functions/dedicated-plan#always-on",
    fix="Set always_on in site_config.",
)
def azure_app_is_always_on(app: Resource, stack: Stack) -> Iterator[str]:
    """An app on a dedicated plan is always on.

    App Service unloads an app that nobody has called for a while: the next caller waits for the model, and functions
    that a queue or a clock starts do not start.
    """
    plans = stack.follow(app, "serverFarmId", PLAN)
    own = any(not (plan.text("sku.name") or "Y").startswith(BY_DEMAND + SHARED) for plan in plans)
    if own and not app.flag("siteConfig.alwaysOn"):
        yield f"siteConfig.alwaysOn is {app.show('siteConfig.alwaysOn')}, wanted true"


@availability.critical(
    APP,
    reference=f"{LEARN}/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity",
    fix="Use AzureWebJobsStorage__accountName and the app's identity, or let the account take keys.",
)
def azure_function_may_use_its_storage(app: Resource, stack: Stack) -> Iterator[str]:
    """A function app signs in to its storage in a way that the account takes.

    The host keeps its locks and keys there, and cannot start if it cannot read them
    (github.com/Azure/azure-functions-core-tools/issues/2755), while the app looks as if it ran.
    """
    closed = [s for s in stack.follow(app, "siteConfig", STORAGE) if s.flag("allowSharedKeyAccess") is False]
    own = [
        setting for setting in app.children("siteConfig.appSettings") if setting.text("name") == "AzureWebJobsStorage"
    ]
    for app_setting in own if closed else ():
        signs = (app_setting.text("value") or "").split(";")
        keyed = any(sign.startswith("AccountKey=") for sign in signs)
        for account in closed:
            name = account.declared.text("accountName") or account.text("name")
            if keyed and f"AccountName={name}" in signs:
                yield f"AzureWebJobsStorage has a key and {account} takes none, wanted the identity"


@availability.high(
    OPENAI,
    reference=f"{LEARN}/ai-foundry/openai/how-to/working-with-models#model-deployment-upgrade-configuration",
    fix="Set version_upgrade_option to OnceCurrentVersionExpired, and watch the retirement dates.",
)
def azure_openai_deployment_upgrades_its_version(deployment: Resource) -> Iterator[str]:
    """A deployment goes on answering when its model's version retires.

    Without an upgrade a deployment of a retired version answers every request with an error from that day on. (Azure
    upgrades no provisioned deployments and no fine-tuned models; they are left out.)
    """
    never = deployment.text("properties.versionUpgradeOption") == "NoAutoUpgrade"
    fixed = "Provisioned" in (deployment.text("sku.name") or "") or ".ft-" in (
        deployment.text("properties.model.name") or ""
    )
    if never and not fixed:
        yield 'properties.versionUpgradeOption is "NoAutoUpgrade", wanted "OnceCurrentVersionExpired"'


@availability.medium(
    OPENAI,
    reference=f"{LEARN}/ai-foundry/openai/how-to/quota",
    fix="Raise capacity of the sku: it counts thousands of tokens a minute.",
)
def azure_openai_deployment_has_capacity(deployment: Resource, *, thousands: int = 10) -> Iterator[str]:
    """A deployment of a language model has enough tokens per minute.

    What is asked for beyond it is refused with 429. With a thousand tokens a minute one long prompt is enough to shut
    out everybody else. Provisioned deployments, and models of images and speech, count other units.
    """
    capacity = deployment.number("sku.capacity")
    tokens = (deployment.text("sku.name") or "").endswith("Standard")
    tokens = tokens and BY_TOKENS.fullmatch(deployment.text("properties.model.name") or "") is not None
    if tokens and capacity is not None and capacity < thousands:
        yield f"sku.capacity is {capacity:g} thousand tokens a minute, wanted {thousands} or more"


@availability.high(
    BATCH,
    reference=f"{LEARN}/machine-learning/how-to-use-batch-model-deployments",
    fix="Set deployment_name of the defaults to a deployment of the endpoint.",
)
def azure_batch_default_deployment_exists(endpoint: Resource, stack: Stack) -> Iterator[str]:
    """A batch endpoint's default is a deployment that it has.

    Jobs that name no deployment go to the default. Where that is gone each of them fails when it is sent.
    """
    named = {run.text("deploymentName") for run in stack.referring(endpoint, BATCH_RUN, "endpointName")}
    default = endpoint.text_if_known("properties.defaults.deploymentName")
    if default and named and None not in named and default not in named:
        yield f'properties.defaults.deploymentName is "{default}", wanted one of {", ".join(sorted(map(str, named)))}'


@autoscaling.high(
    DEPLOYMENT,
    reference=f"{LEARN}/machine-learning/reference-yaml-deployment-kubernetes-online",
    fix="Set max_instances of scale_settings above min_instances.",
)
def azure_kubernetes_deployment_has_room(deployment: Resource) -> Iterator[str]:
    """A deployment on a cluster of one's own that scales has room to.

    The scaler of the extension moves the instances between the two numbers. Where they are one number it does nothing.
    """
    scale = deployment.child("properties.scaleSettings")
    low, high = scale.number("minInstances") or 1, scale.number("maxInstances")
    if scale.text("scaleType") == "TargetUtilization" and high is not None and high <= low:
        yield f"maxInstances is {high:g} and minInstances {low:g}, wanted a maximum above it"


@lifecycle.high(
    BLOBS,
    reference=f"{LEARN}/storage/blobs/lifecycle-management-policy-structure",
    fix="Give the rule a prefix_match that leaves the models out, or delete versions and snapshots only.",
)
def azure_storage_models_do_not_expire(policy: Resource, stack: Stack) -> Iterator[str]:
    """Blobs are not deleted by age where models may be among them.

    A replica that starts later loads the model again. Once a policy has deleted or archived it, what runs serves on
    until it has to be replaced. A rule without a prefix is judged where the account is a workspace's.
    """
    accounts = stack.follow(policy, "accountName", STORAGE)
    served = any(stack.referring(account, WORKSPACE, "storageAccount") for account in accounts)
    for rule in policy.children("policy.rules"):
        prefixes = rule.texts("definition.filters.prefixMatch")
        models = any(MODELS.fullmatch(prefix) for prefix in prefixes) or (served and not prefixes)
        models = models and rule.flag("enabled") is not False and not rule.has("definition.filters.blobIndexMatch")
        for action in ("delete", "tierToArchive"):
            if models and rule.has(f"definition.actions.baseBlob.{action}"):
                of = ", ".join(prefixes) or "every blob"
                yield f"{rule.show('name')} has {action} for {of}, wanted the models left out"


@availability.medium(
    APP,
    reference="https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.AppService.WebProbe/",
    fix="Set health_check_path in site_config to what tests the model.",
)
def azure_app_has_a_health_check(app: Resource, stack: Stack) -> Iterator[str]:
    """An app with several workers asks each for its health.

    App Service sends requests to every worker that runs, also to one whose server hangs or has no model. Only with a
    path to ask does it leave that worker out. (Function apps are left alone.)
    """
    asked = app.has("siteConfig.healthCheckPath") or "functionapp" in (app.text("kind") or "")
    for plan in stack.follow(app, "serverFarmId", PLAN):
        if (plan.number("sku.capacity") or 0) > 1 and not asked:
            yield "siteConfig.healthCheckPath is not set, wanted a path that tests the model"


@availability.critical(
    ACCOUNT,
    reference=f"{LEARN}/ai-services/cognitive-services-custom-subdomains",
    fix="Set custom_sub_domain_name of the account.",
)
def azure_account_without_keys_has_a_name(account: Resource) -> Iterator[str]:
    """A language model that takes no keys has a name of its own.

    Tokens of Entra are for the account's own subdomain. Under the region's shared address only keys are taken: with
    these switched off as well, nobody can sign in.
    """
    if account.flag("properties.disableLocalAuth") and not account.has("properties.customSubDomainName"):
        yield "disableLocalAuth is true and customSubDomainName is not set, wanted it"


@autoscaling.medium(
    *LIMITS,
    reference=f"{LEARN}/azure-functions/event-driven-scaling#limit-scale-out",
    fix="Raise the limit above 1, or remove it.",
)
def platform_scaling_has_room(runner: Resource) -> Iterator[str]:
    """A platform that scales by itself may start more than one instance.

    A limit of one from the first trial turns its scaling off, and nothing shows it until requests wait.
    """
    path = LIMITS[runner.type]
    most = runner.number(path)
    if most == 1:
        yield f"{path} is 1, wanted more"
