"""A website from a storage account, behind a CDN endpoint."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import cdn, resources, storage

group = resources.ResourceGroup("site")
account = storage.StorageAccount(
    "site",
    access_tier=storage.AccessTier.HOT,
    enable_https_traffic_only=True,
    kind=storage.Kind.STORAGE_V2,
    resource_group_name=group.name,
    sku=storage.SkuArgs(name=storage.SkuName.STANDARD_LRS),
)
site = storage.StorageAccountStaticWebsite(
    "site", account_name=account.name, resource_group_name=group.name, index_document="index.html"
)
storage.Blob(
    "index.html",
    resource_group_name=group.name,
    account_name=account.name,
    container_name=site.container_name,
    source=pulumi.StringAsset("<h1>home</h1>"),
    content_type="text/html",
)
profile = cdn.Profile(
    "site", resource_group_name=group.name, location="global", sku={"name": cdn.SkuName.STANDARD_MICROSOFT}
)
host = account.primary_endpoints.web.apply(lambda url: url.replace("https://", "").replace("/", ""))
endpoint = cdn.Endpoint(
    "site",
    resource_group_name=group.name,
    profile_name=profile.name,
    origin_host_header=host,
    origins=[{"name": account.name, "host_name": host}],
    query_string_caching_behavior=cdn.QueryStringCachingBehavior.IGNORE_QUERY_STRING,
)
pulumi.export("static", account.primary_endpoints.web)
pulumi.export("cdn", pulumi.Output.concat("https://", endpoint.host_name))
