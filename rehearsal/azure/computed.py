"""What Azure computes about a resource, as templates (see `templates`); a nested one only inside a given object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPUTED: Mapping[str, Mapping[str, Any]] = {
    "apimanagement:ApiManagementService": {
        "gatewayUrl": "https://{name}.azure-api.net",
        "gatewayRegionalUrl": "https://{name}-{place}-01.regional.azure-api.net",
        "developerPortalUrl": "https://{name}.developer.azure-api.net",
        "managementApiUrl": "https://{name}.management.azure-api.net",
        "portalUrl": "https://{name}.portal.azure-api.net",
        "scmUrl": "https://{name}.scm.azure-api.net",
    },
    "app:ContainerApp": {
        "configuration": {"ingress": {"fqdn": "{name}.{environment}.{place}.azurecontainerapps.io"}},
        "latestRevisionName": "{name}--{hex7}",
        "latestReadyRevisionName": "{name}--{hex7}",
        "latestRevisionFqdn": "{name}--{hex7}.{environment}.{place}.azurecontainerapps.io",
        "runningStatus": "Running",
    },
    "app:ManagedEnvironment": {
        "defaultDomain": "{environment}.{place}.azurecontainerapps.io",
        "staticIp": "{public_ip}",
    },
    "appconfiguration:ConfigurationStore": {"endpoint": "https://{name}.azconfig.io"},
    "applicationinsights:Component": {
        "appId": "{uuid:app}",
        "applicationId": "{name}",
        "instrumentationKey": "{uuid:key}",
        "connectionString": "InstrumentationKey={uuid:key};"
        "IngestionEndpoint=https://{place}-0.in.applicationinsights.azure.com/;"
        "LiveEndpoint=https://{place}.livediagnostics.monitor.azure.com/;ApplicationId={uuid:app}",
        "creationDate": "{moment}",
    },
    "batch:BatchAccount": {
        "accountEndpoint": "{name}.{place}.batch.azure.com",
        "nodeManagementEndpoint": "{uuid:nodes}.{place}.service.batch.azure.com",
    },
    "cdn:AFDEndpoint": {"hostName": "{name}-{hex12}.z01.azurefd.net"},
    "cdn:Endpoint": {"hostName": "{name}.azureedge.net"},
    "cognitiveservices:Account": {"properties": {"endpoint": "https://{name}.cognitiveservices.azure.com/"}},
    "communication:CommunicationService": {"hostName": "{name}.communication.azure.com"},
    "compute:VirtualMachine": {"vmId": "{uuid:vm}"},
    "containerinstance:ContainerGroup": {
        "ipAddress": {"ip": "{public_ip}", "fqdn": "{dns_label}.{place}.azurecontainer.io"},
    },
    "containerregistry:Registry": {"loginServer": "{lower_name}.azurecr.io", "status": {"displayStatus": "Ready"}},
    "containerservice:ManagedCluster": {
        "fqdn": "{dns_prefix}-{hex8}.hcp.{place}.azmk8s.io",
        "azurePortalFQDN": "{dns_prefix}-{hex8}.portal.hcp.{place}.azmk8s.io",
        "nodeResourceGroup": "MC_{resourceGroupName}_{name}_{place}",
        "currentKubernetesVersion": "1.33.1",
        "kubernetesVersion": "1.33",
        "maxAgentPools": 100,
        "oidcIssuerProfile": {"issuerURL": "https://{place}.oic.prod-aks.azure.com/{tenant}/{uuid:oidc}/"},
        "identityProfile": {
            "kubeletidentity": {"clientId": "{uuid:kc}", "objectId": "{uuid:ko}", "resourceId": "{kubelet_identity}"}
        },
    },
    "cosmosdb:DatabaseAccount": {"documentEndpoint": "https://{name}.documents.azure.com:443/"},
    "databricks:Workspace": {"workspaceUrl": "adb-{dec16}.7.azuredatabricks.net", "workspaceId": "{dec16}"},
    "dbforpostgresql:Server": {"fullyQualifiedDomainName": "{name}.postgres.database.azure.com", "state": "Ready"},
    "dbformysql:Server": {"fullyQualifiedDomainName": "{name}.mysql.database.azure.com", "state": "Ready"},
    "dns:RecordSet": {"fqdn": "{relativeRecordSetName}.{zoneName}."},
    "dns:Zone": {"nameServers": ["ns1-01.azure-dns.com.", "ns2-01.azure-dns.net.", "ns3-01.azure-dns.org."]},
    "eventgrid:Domain": {"endpoint": "https://{name}.{place}-1.eventgrid.azure.net/api/events"},
    "eventgrid:Topic": {"endpoint": "https://{name}.{place}-1.eventgrid.azure.net/api/events"},
    "eventhub:Namespace": {"serviceBusEndpoint": "https://{name}.servicebus.windows.net:443/"},
    "keyvault:Key": {"keyUri": "https://{vaultName}.vault.azure.net/keys/{name}"},
    "keyvault:Secret": {
        "properties": {
            "secretUri": "https://{vaultName}.vault.azure.net/secrets/{name}",
            "secretUriWithVersion": "https://{vaultName}.vault.azure.net/secrets/{name}/{hex32}",
        }
    },
    "keyvault:Vault": {"properties": {"vaultUri": "https://{name}.vault.azure.net/"}},
    "kusto:Cluster": {
        "uri": "https://{name}.{place}.kusto.windows.net",
        "dataIngestionUri": "https://ingest-{name}.{place}.kusto.windows.net",
    },
    "logic:Workflow": {"accessEndpoint": "https://prod-00.{place}.logic.azure.com:443/workflows/{hex32}"},
    "machinelearningservices:OnlineEndpoint": {
        "properties": {
            "scoringUri": "https://{name}.{place}.inference.ml.azure.com/score",
            "swaggerUri": "https://{name}.{place}.inference.ml.azure.com/swagger.json",
        }
    },
    "machinelearningservices:Workspace": {
        "workspaceId": "{uuid:workspace}",
        "tenantId": "{tenant}",
        "mlFlowTrackingUri": "azureml://{place}.api.azureml.ms/mlflow/v1.0{id}",
        "discoveryUrl": "https://{place}.api.azureml.ms/discovery",
    },
    "managedidentity:UserAssignedIdentity": {
        "clientId": "{uuid:client}",
        "principalId": "{uuid:principal}",
        "tenantId": "{tenant}",
    },
    "network:PrivateEndpoint": {"networkInterfaces": [{"id": "{id}.nic.{uuid:nic}"}]},
    "network:NetworkInterface": {"macAddress": "00-0D-3A-01-02-03", "primary": True},
    "network:PublicIPAddress": {
        "ipAddress": "{public_ip}",
        "dnsSettings": {"fqdn": "{domain_label}.{place}.cloudapp.azure.com"},
    },
    "network:VirtualNetwork": {"resourceGuid": "{uuid:guid}"},
    "notificationhubs:Namespace": {"serviceBusEndpoint": "https://{name}.servicebus.windows.net:443/"},
    "operationalinsights:Workspace": {"customerId": "{uuid:customer}", "createdDate": "{moment}"},
    "redis:Redis": {
        "hostName": "{name}.redis.cache.windows.net",
        "port": 6379,
        "sslPort": 6380,
        "redisVersion": "6.0",
        "accessKeys": {"primaryKey": "{hex44:primary}", "secondaryKey": "{hex44:secondary}"},
    },
    "redisenterprise:RedisEnterprise": {"hostName": "{name}.{place}.redis.azure.net"},
    "relay:Namespace": {"serviceBusEndpoint": "https://{name}.servicebus.windows.net:443/"},
    "servicebus:Namespace": {"serviceBusEndpoint": "https://{name}.servicebus.windows.net:443/"},
    "sql:Database": {"databaseId": "{uuid:db}", "status": "Online", "creationDate": "{moment}"},
    "signalrservice:SignalR": {"hostName": "{name}.service.signalr.net", "externalIP": "{public_ip}"},
    "sql:ManagedInstance": {"fullyQualifiedDomainName": "{name}.{hex12}.database.windows.net", "state": "Ready"},
    "sql:Server": {"fullyQualifiedDomainName": "{name}.database.windows.net", "state": "Ready", "version": "12.0"},
    "storage:Blob": {"url": "https://{accountName}.blob.core.windows.net/{containerName}/{name}"},
    "storage:StorageAccount": {
        "primaryEndpoints": {
            "blob": "https://{name}.blob.core.windows.net/",
            "dfs": "https://{name}.dfs.core.windows.net/",
            "file": "https://{name}.file.core.windows.net/",
            "queue": "https://{name}.queue.core.windows.net/",
            "table": "https://{name}.table.core.windows.net/",
            "web": "https://{name}.z6.web.core.windows.net/",
        },
        "primaryLocation": "{place}",
        "statusOfPrimary": "available",
        "creationTime": "{moment}",
        "minimumTlsVersion": "TLS1_2",
        "enableHttpsTrafficOnly": True,
    },
    "storage:StorageAccountStaticWebsite": {"containerName": "$web"},
    "web:AppServicePlan": {"status": "Ready", "geoRegion": "{location}", "resourceGroup": "{resourceGroupName}"},
    "web:StaticSite": {"defaultHostname": "{hex12}.azurestaticapps.net"},
    "web:WebAppSlot": {"defaultHostName": "{slot_label}.azurewebsites.net", "state": "Running"},
    "webpubsub:WebPubSub": {"hostName": "{name}.webpubsub.azure.com", "externalIP": "{public_ip}"},
    "web:WebApp": {
        "defaultHostName": "{lower_name}.azurewebsites.net",
        "hostNames": ["{lower_name}.azurewebsites.net"],
        "enabledHostNames": ["{lower_name}.azurewebsites.net", "{lower_name}.scm.azurewebsites.net"],
        "customDomainVerificationId": "{HEX64}",
        "outboundIpAddresses": "{public_ip},203.0.113.200",
        "possibleOutboundIpAddresses": "{public_ip},203.0.113.200",
        "repositorySiteName": "{name}",
        "resourceGroup": "{resourceGroupName}",
        "state": "Running",
    },
}
"""By module and type of the token (`storage:StorageAccount`)."""

ALWAYS = frozenset({"identityProfile"})
"""Objects that Azure fills even when the program gives none."""
