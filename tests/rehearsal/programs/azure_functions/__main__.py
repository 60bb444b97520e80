"""A function app: code in a blob, its address signed with the account's key, telemetry, an app service plan."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import applicationinsights, resources, storage, web

group = resources.ResourceGroup("fn")
account = storage.StorageAccount("fn", resource_group_name=group.name, sku={"name": "Standard_LRS"}, kind="StorageV2")
container = storage.BlobContainer("code", account_name=account.name, resource_group_name=group.name)
blob = storage.Blob(
    "code",
    account_name=account.name,
    resource_group_name=group.name,
    container_name=container.name,
    type=storage.BlobType.BLOCK,
    source=pulumi.FileArchive("app"),
)
plan = web.AppServicePlan(
    "fn", resource_group_name=group.name, kind="functionapp", sku={"name": "Y1", "tier": "Dynamic"}
)
insights = applicationinsights.Component(
    "fn",
    application_type=applicationinsights.ApplicationType.WEB,
    kind="web",
    resource_group_name=group.name,
    ingestion_mode="ApplicationInsights",
)


def connection(arguments: list[str]) -> str:
    keys = storage.list_storage_account_keys(account_name=arguments[1], resource_group_name=arguments[0])
    return f"DefaultEndpointsProtocol=https;AccountName={arguments[1]};AccountKey={keys.keys[0].value}"


signature = storage.list_storage_account_service_sas_output(
    account_name=account.name,
    protocols=storage.HttpProtocol.HTTPS,
    shared_access_expiry_time="2030-01-01",
    shared_access_start_time="2025-01-01",
    resource_group_name=group.name,
    resource=storage.SignedResource.C,
    permissions=storage.Permissions.R,
    canonicalized_resource=pulumi.Output.format("/blob/{0}/{1}", account.name, container.name),
)
secret = pulumi.Output.all(group.name, account.name).apply(connection)
package = pulumi.Output.concat(blob.url, "?", signature.service_sas_token)
app = web.WebApp(
    "fn",
    resource_group_name=group.name,
    server_farm_id=plan.id,
    kind="functionapp",
    https_only=True,
    site_config=web.SiteConfigArgs(
        app_settings=[
            web.NameValuePairArgs(name="AzureWebJobsStorage", value=secret),
            web.NameValuePairArgs(name="WEBSITE_RUN_FROM_PACKAGE", value=package),
            web.NameValuePairArgs(name="APPINSIGHTS_INSTRUMENTATIONKEY", value=insights.instrumentation_key),
        ]
    ),
)
pulumi.export("url", app.default_host_name.apply(lambda host: f"https://{host}/api"))
