"""An app service with a SQL database whose password is the stack's secret, and a vault that keeps it."""

from __future__ import annotations

import pulumi
import pulumi_random as random
from pulumi_azure_native import authorization, keyvault, resources, sql, web

caller = authorization.get_client_config()
group = resources.ResourceGroup("shop")
password = random.RandomPassword("sql", length=20, special=True, override_special="_%@")
server = sql.Server(
    "shop",
    resource_group_name=group.name,
    administrator_login="shopadmin",
    administrator_login_password=password.result,
    version="12.0",
)
database = sql.Database("shop", resource_group_name=group.name, server_name=server.name, sku={"name": "S0"})
vault = keyvault.Vault(
    "shop",
    resource_group_name=group.name,
    properties={
        "tenant_id": caller.tenant_id,
        "sku": {"family": keyvault.SkuFamily.A, "name": keyvault.SkuName.STANDARD},
        "access_policies": [
            {"tenant_id": caller.tenant_id, "object_id": caller.object_id, "permissions": {"secrets": ["get", "set"]}}
        ],
    },
)
stored = keyvault.Secret(
    "sql", resource_group_name=group.name, vault_name=vault.name, properties={"value": password.result}
)
plan = web.AppServicePlan("shop", resource_group_name=group.name, kind="App", sku={"name": "B1", "tier": "Basic"})
app = web.WebApp(
    "shop",
    resource_group_name=group.name,
    server_farm_id=plan.id,
    identity={"type": web.ManagedServiceIdentityType.SYSTEM_ASSIGNED},
    site_config={
        "app_settings": [{"name": "SECRET", "value": stored.properties.secret_uri}],
        "connection_strings": [
            {
                "name": "db",
                "type": web.ConnectionStringType.SQL_AZURE,
                "connection_string": pulumi.Output.format(
                    "Server=tcp:{0}.database.windows.net;initial catalog={1};password={2}",
                    server.name,
                    database.name,
                    password.result,
                ),
            }
        ],
    },
)
authorization.RoleAssignment(
    "reader",
    principal_id=app.identity.principal_id,
    principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
    role_definition_id=pulumi.Output.format(
        "/subscriptions/{0}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
        caller.subscription_id,
    ),
    scope=vault.id,
)
pulumi.export("endpoint", app.default_host_name.apply(lambda host: f"https://{host}"))
pulumi.export("vault", vault.properties.vault_uri)
pulumi.export("server", server.fully_qualified_domain_name)
