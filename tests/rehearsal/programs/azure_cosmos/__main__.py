"""Cosmos DB with a database and a container, its connection string in an app setting."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import cosmosdb, resources

group = resources.ResourceGroup("docs")
account = cosmosdb.DatabaseAccount(
    "docs",
    resource_group_name=group.name,
    database_account_offer_type=cosmosdb.DatabaseAccountOfferType.STANDARD,
    locations=[{"location_name": group.location, "failover_priority": 0}],
    consistency_policy={"default_consistency_level": cosmosdb.DefaultConsistencyLevel.SESSION},
)
database = cosmosdb.SqlResourceSqlDatabase(
    "docs", resource_group_name=group.name, account_name=account.name, resource={"id": "docs"}
)
container = cosmosdb.SqlResourceSqlContainer(
    "docs",
    resource_group_name=group.name,
    account_name=account.name,
    database_name=database.name,
    resource={"id": "docs", "partition_key": {"paths": ["/id"], "kind": "Hash"}},
)
keys = cosmosdb.list_database_account_keys_output(account_name=account.name, resource_group_name=group.name)
strings = cosmosdb.list_database_account_connection_strings_output(
    account_name=account.name, resource_group_name=group.name
)
pulumi.export("endpoint", account.document_endpoint)
pulumi.export("key", pulumi.Output.secret(keys.primary_master_key))
pulumi.export("connection", pulumi.Output.secret(strings.connection_strings[0].connection_string))
pulumi.export("container", container.id)
