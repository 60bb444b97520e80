"""What AWS computes about databases, caches, brokers, search, mail and what stands at an edge. See `computed`."""

from __future__ import annotations

from typing import Any

_CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
_SEARCH: dict[str, Any] = {
    "domainId": "{account}/{domainName}",
    "endpoint": "search-{domainName}-{hex26}.{region}.es.{suffix}",
}
_CLUSTER: dict[str, Any] = {
    "clusterIdentifier": "{id}",
    "clusterResourceId": "cluster-{HEX26}",
    "availabilityZones": "{zones3}",
    "port": "{rds_port}",
    "engineVersion": "{rds_version}",
}
_BROKERS = "b-1.{clusterName}.{hex6}.c1.kafka.{region}.{suffix}"

STORES: dict[str, dict[str, Any]] = {
    "aws:amp/workspace:Workspace": {
        "prometheusEndpoint": "https://aps-workspaces.{region}.{suffix}/workspaces/{id}/",
    },
    "aws:apigateway/domainName:DomainName": {
        "cloudfrontDomainName": "d{hex13}.cloudfront.net",
        "cloudfrontZoneId": _CLOUDFRONT_ZONE,
        "regionalDomainName": "d-{hex10}.execute-api.{region}.{suffix}",
        "regionalZoneId": "Z1UJRXOUMOOFQ8",
        "securityPolicy": "TLS_1_2",
    },
    "aws:apigatewayv2/domainName:DomainName": {
        "domainNameConfiguration": {
            "targetDomainName": "d-{hex10}.execute-api.{region}.{suffix}",
            "hostedZoneId": "Z1UJRXOUMOOFQ8",
        },
        "apiMappingSelectionExpression": "$request.basepath",
    },
    "aws:apprunner/service:Service": {
        "serviceId": "{hex32}",
        "serviceUrl": "{hex10}.{region}.awsapprunner.com",
        "status": "RUNNING",
    },
    "aws:appsync/graphQLApi:GraphQLApi": {
        "uris": {
            "GRAPHQL": "https://{hex26:host}.appsync-api.{region}.{suffix}/graphql",
            "REALTIME": "wss://{hex26:host}.appsync-realtime-api.{region}.{suffix}/graphql",
        },
    },
    "aws:appsync/apiKey:ApiKey": {"key": "da2-{hex26}"},
    "aws:cognito/userPoolDomain:UserPoolDomain": {
        "awsAccountId": "{account}",
        "cloudfrontDistribution": "d{hex13}.cloudfront.net",
        "cloudfrontDistributionArn": "d{hex13}.cloudfront.net",
        "cloudfrontDistributionZoneId": _CLOUDFRONT_ZONE,
    },
    "aws:directoryservice/directory:Directory": {
        "accessUrl": "{id}.awsapps.com",
        "alias": "{id}",
        "dnsIpAddresses": ["10.0.0.10", "10.0.1.10"],
    },
    "aws:docdb/cluster:Cluster": {
        **_CLUSTER,
        "endpoint": "{id}.cluster-{hex12}.{region}.docdb.{suffix}",
        "readerEndpoint": "{id}.cluster-ro-{hex12}.{region}.docdb.{suffix}",
    },
    "aws:docdb/clusterInstance:ClusterInstance": {
        "identifier": "{id}",
        "endpoint": "{id}.{hex12}.{region}.docdb.{suffix}",
        "port": 27017,
    },
    "aws:ec2transitgateway/transitGateway:TransitGateway": {
        "associationDefaultRouteTableId": "tgw-rtb-{hex17:routes}",
        "propagationDefaultRouteTableId": "tgw-rtb-{hex17:routes}",
        "ownerId": "{account}",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "{id}.{hex6}.ng.0001.use1.cache.{suffix}",
        "readerEndpointAddress": "{id}-ro.{hex6}.ng.0001.use1.cache.{suffix}",
        "configurationEndpointAddress": "{id}.{hex6}.clustercfg.use1.cache.{suffix}",
        "engineVersion": "7.1",
        "engineVersionActual": "7.1.0",
        "memberClusters": ["{id}-001"],
        "port": 6379,
    },
    "aws:elasticsearch/domain:Domain": {**_SEARCH, "kibanaEndpoint": "{endpoint_of_search}/_plugin/kibana/"},
    "aws:globalaccelerator/accelerator:Accelerator": {
        "dnsName": "a{hex16}.awsglobalaccelerator.com",
        "hostedZoneId": "Z2BJ6XQ5FK7U4H",
        "ipSets": [{"ipAddresses": ["{public_ip}", "198.51.100.10"], "ipFamily": "IPv4"}],
    },
    "aws:grafana/workspace:Workspace": {"endpoint": "{id}.grafana-workspace.{region}.{suffix}"},
    "aws:memorydb/cluster:Cluster": {
        "clusterEndpoints": [{"address": "clustercfg.{name}.{hex6}.memorydb.{region}.{suffix}", "port": 6379}],
        "engine": "redis",
        "engineVersion": "7.1",
    },
    "aws:mq/broker:Broker": {
        "instances": [
            {
                "consoleUrl": "https://{id}.mq.{region}.{suffix}",
                "endpoints": ["{mq_scheme}://{id}.mq.{region}.{suffix}:{mq_port}"],
                "ipAddress": "{private_ip}",
            }
        ],
    },
    "aws:msk/cluster:Cluster": {
        "bootstrapBrokers": _BROKERS + ":9092",
        "bootstrapBrokersTls": _BROKERS + ":9094",
        "bootstrapBrokersSaslScram": _BROKERS + ":9096",
        "bootstrapBrokersSaslIam": _BROKERS + ":9098",
        "currentVersion": "K{HEX13}",
        "zookeeperConnectString": "z-1.{clusterName}.{hex6}.c1.kafka.{region}.{suffix}:2181",
    },
    "aws:neptune/cluster:Cluster": {
        **_CLUSTER,
        "endpoint": "{id}.cluster-{hex12}.{region}.neptune.{suffix}",
        "readerEndpoint": "{id}.cluster-ro-{hex12}.{region}.neptune.{suffix}",
    },
    "aws:neptune/clusterInstance:ClusterInstance": {
        "identifier": "{id}",
        "address": "{id}.{hex12}.{region}.neptune.{suffix}",
        "endpoint": "{id}.{hex12}.{region}.neptune.{suffix}:8182",
    },
    "aws:docdb/elasticCluster:ElasticCluster": {"endpoint": "{name}-{account}.{region}.docdb-elastic.{suffix}"},
    "aws:ecrpublic/repository:Repository": {
        "registryId": "{account}",
        "repositoryUri": "public.ecr.aws/{hex8}/{repositoryName}",
    },
    "aws:lightsail/bucket:Bucket": {"url": "https://{name}.s3.{region}.{suffix}/"},
    "aws:lightsail/database:Database": {"masterEndpointAddress": "ls-{hex32}.{hex12}.{region}.rds.{suffix}"},
    "aws:rds/globalCluster:GlobalCluster": {"endpoint": "{globalClusterIdentifier}.global-{hex12}.global.rds.{suffix}"},
    "aws:s3/accessPoint:AccessPoint": {"domainName": "{name}-{account}.s3-accesspoint.{region}.{suffix}"},
    "aws:timestreaminfluxdb/dbInstance:DbInstance": {"endpoint": "{hex10}-{hex12}.timestream-influxdb.{region}.on.aws"},
    "aws:networkfirewall/firewall:Firewall": {"firewallStatuses": "{firewall_endpoints}"},
    "aws:opensearch/domain:Domain": {
        **_SEARCH,
        "dashboardEndpoint": "{endpoint_of_search}/_dashboards",
        "engineVersion": "OpenSearch_2.17",
    },
    "aws:opensearch/serverlessCollection:ServerlessCollection": {
        "collectionEndpoint": "https://{id}.{region}.aoss.{suffix}",
        "dashboardEndpoint": "https://{id}.{region}.aoss.{suffix}/_dashboards",
    },
    "aws:redshift/cluster:Cluster": {
        "dnsName": "{clusterIdentifier}.{hex12}.{region}.redshift.{suffix}",
        "endpoint": "{clusterIdentifier}.{hex12}.{region}.redshift.{suffix}:5439",
        "port": 5439,
    },
    "aws:sagemaker/domain:Domain": {
        "homeEfsFileSystemId": "fs-{hex17:efs}",
        "url": "https://{id}.studio.{region}.sagemaker.aws",
    },
    "aws:ses/domainDkim:DomainDkim": {"dkimTokens": ["{hex32:1}", "{hex32:2}", "{hex32:3}"]},
    "aws:sesv2/emailIdentity:EmailIdentity": {
        "dkimSigningAttributes": {"status": "PENDING", "tokens": ["{hex32:1}", "{hex32:2}", "{hex32:3}"]},
        "identityType": "{ses_kind}",
    },
    "aws:transfer/server:Server": {"endpoint": "{id}.server.transfer.{region}.{suffix}"},
}
