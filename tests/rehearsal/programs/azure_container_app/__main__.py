"""A container app with an image built by Docker, its registry's credentials and its logs."""

from __future__ import annotations

import pulumi
import pulumi_docker_build as docker_build
from pulumi_azure_native import app, containerregistry, operationalinsights, resources

group = resources.ResourceGroup("app")
workspace = operationalinsights.Workspace(
    "app", resource_group_name=group.name, sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018")
)
shared = pulumi.Output.all(group.name, workspace.name).apply(
    lambda names: operationalinsights.get_shared_keys(resource_group_name=names[0], workspace_name=names[1])
)
environment = app.ManagedEnvironment(
    "app",
    resource_group_name=group.name,
    app_logs_configuration=app.AppLogsConfigurationArgs(
        destination="log-analytics",
        log_analytics_configuration=app.LogAnalyticsConfigurationArgs(
            customer_id=workspace.customer_id, shared_key=shared.apply(lambda keys: keys.primary_shared_key)
        ),
    ),
)
registry = containerregistry.Registry(
    "app", resource_group_name=group.name, sku=containerregistry.SkuArgs(name="Basic"), admin_user_enabled=True
)
credentials = containerregistry.list_registry_credentials_output(
    resource_group_name=group.name, registry_name=registry.name
)
user, password = credentials.username, credentials.passwords[0].value
image = docker_build.Image(
    "app",
    tags=[registry.login_server.apply(lambda server: f"{server}/app:v1")],
    push=True,
    dockerfile={"inline": "FROM python:3.12-slim"},
    platforms=[docker_build.Platform.LINUX_AMD64],
    registries=[{"address": registry.login_server, "username": user, "password": password}],
)
running = app.ContainerApp(
    "app",
    resource_group_name=group.name,
    managed_environment_id=environment.id,
    configuration=app.ConfigurationArgs(
        ingress=app.IngressArgs(external=True, target_port=80),
        registries=[
            app.RegistryCredentialsArgs(server=registry.login_server, username=user, password_secret_ref="pwd")  # noqa: S106
        ],
        secrets=[app.SecretArgs(name="pwd", value=password)],
    ),
    template=app.TemplateArgs(
        containers=[app.ContainerArgs(name="app", image=image.ref)],
        scale={"min_replicas": 1, "max_replicas": 5},
    ),
)
pulumi.export("url", running.configuration.apply(lambda found: f"https://{found.ingress.fqdn}"))
