"""Settings that are weak wherever they are chosen: traffic without TLS, data stored in the clear, shared keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..resources import Resource
from ..rule import hygiene, lifecycle, security

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"
PSRULE = "https://azure.github.io/PSRule.Rules.Azure/en/rules"


class Weak(NamedTuple):
    """A property, the values that are weak as a reviewer writes them (JSON, or "not set"), and what is wanted.

    `each` is the list in whose entries the property is, if it is in one.
    """

    path: str
    values: tuple[str, ...]
    wanted: str
    each: str = ""


OLD = ('"1.0"', '"1.1"', '"TLS1_0"', '"TLS1_1"')
# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html (3 and 9), es-controls.html (8),
# elasticache-controls.html (5); of PSRule Azure.AppService.UseHTTPS, .MinTLS and .WebSecureFtp, Azure.AppGw.SSLPolicy,
# Azure.ContainerApp.Insecure, Azure.Redis.NonSslPort and .MinTLS, Azure.ServiceBus.MinTLS, Azure.EventHub.MinTLS
# https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html (HTTPS alone)
PLAIN: Mapping[str, tuple[Weak, ...]] = {
    "aws:cloudfront/distribution:Distribution": (
        Weak("defaultCacheBehavior.viewerProtocolPolicy", ('"allow-all"',), '"redirect-to-https"'),
        Weak("viewerProtocolPolicy", ('"allow-all"',), '"redirect-to-https"', each="orderedCacheBehaviors"),
        Weak("customOriginConfig.originProtocolPolicy", ('"http-only"',), '"https-only"', each="origins"),
        Weak(
            "viewerCertificate.minimumProtocolVersion",
            ('"SSLv3"', '"TLSv1"', '"TLSv1_2016"', '"TLSv1.1_2016"'),
            "TLSv1.2_2021",
        ),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (Weak("transitEncryptionEnabled", ("false",), "true"),),
    "aws:opensearch/domain:Domain": (Weak("domainEndpointOptions.enforceHttps", ("false",), "true"),),
    "aws:sns/topicSubscription:TopicSubscription": (Weak("protocol", ('"http"',), '"https"'),),
    "azure-native:app:ContainerApp": (Weak("configuration.ingress.allowInsecure", ("true",), "false"),),
    "azure-native:web:WebApp": (
        Weak("httpsOnly", ("false", "not set"), "true"),
        Weak("siteConfig.minTlsVersion", OLD, "1.2"),
        Weak("siteConfig.ftpsState", ('"AllAllowed"',), '"Disabled"'),
    ),
    "azure-native:redis:Redis": (
        Weak("enableNonSslPort", ("true",), "false"),
        Weak("minimumTlsVersion", OLD, "1.2"),
    ),
    "azure-native:network:ApplicationGateway": (
        Weak(
            "sslPolicy.policyName", ('"AppGwSslPolicy20150501"', '"AppGwSslPolicy20170401"'), "AppGwSslPolicy20220101"
        ),
        Weak("sslPolicy.minProtocolVersion", ('"TLSv1_0"', '"TLSv1_1"'), "TLSv1_2"),
    ),
    "azure-native:cdn:AFDCustomDomain": (Weak("tlsSettings.minimumTlsVersion", ('"TLS10"',), "TLS12"),),
    "azure-native:cdn:AFDOrigin": (Weak("enforceCertificateNameCheck", ("false",), "true"),),
    "azure-native:apimanagement:Backend": (
        Weak("tls.validateCertificateChain", ("false",), "true"),
        Weak("tls.validateCertificateName", ("false",), "true"),
    ),
    "azure-native:servicebus:Namespace": (Weak("minimumTlsVersion", OLD, "1.2"),),
    "azure-native:eventhub:Namespace": (Weak("minimumTlsVersion", OLD, "1.2"),),
}
# https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html (1), rds-controls.html (3),
# es-controls.html (1), elasticache-controls.html (4), kinesis-controls.html (1), ec2-controls.html (3)
IN_THE_CLEAR: Mapping[str, tuple[Weak, ...]] = {
    "aws:efs/fileSystem:FileSystem": (Weak("encrypted", ("false", "not set"), "true"),),
    "aws:rds/instance:Instance": (Weak("storageEncrypted", ("false",), "true"),),
    "aws:rds/cluster:Cluster": (Weak("storageEncrypted", ("false",), "true"),),
    "aws:opensearch/domain:Domain": (Weak("encryptAtRest.enabled", ("false", "not set"), "true"),),
    "aws:elasticache/replicationGroup:ReplicationGroup": (Weak("atRestEncryptionEnabled", ("false",), "true"),),
    "aws:kinesis/stream:Stream": (Weak("encryptionType", ('"NONE"', "not set"), '"KMS"'),),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        Weak("ebs.encrypted", ("false", '"false"'), "true", each="blockDeviceMappings"),
    ),
}
# of PSRule Azure.AKS.LocalAccounts and .UseRBAC, Azure.VMSS.PublicKey; the provider's text of disableLocalAuth;
# https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html (3)
SHARED_KEYS: Mapping[str, tuple[Weak, ...]] = {
    "azure-native:containerservice:ManagedCluster": (
        Weak("disableLocalAccounts", ("false",), "true"),
        Weak("enableRBAC", ("false",), "true"),
    ),
    "azure-native:cognitiveservices:Account": (Weak("properties.disableLocalAuth", ("false",), "true"),),
    "azure-native:servicebus:Namespace": (Weak("disableLocalAuth", ("false",), "true"),),
    "azure-native:eventhub:Namespace": (Weak("disableLocalAuth", ("false",), "true"),),
    "azure-native:search:Service": (Weak("disableLocalAuth", ("false",), "true"),),
    "azure-native:compute:VirtualMachineScaleSet": (
        Weak("virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication", ("false",), "true"),
    ),
    "aws:iam/accessKey:AccessKey": (Weak("status", ('"Active"', "not set"), "a role in its place"),),
    "aws:ec2/launchTemplate:LaunchTemplate": (Weak("metadataOptions.httpTokens", ('"optional"',), '"required"'),),
}


# of PSRule Azure.PublicIP.StandardSKU, Azure.LB.StandardSKU and Azure.AppGw.MigrateV2
RETIRED: Mapping[str, tuple[Weak, ...]] = {
    "azure-native:network:PublicIPAddress": (Weak("sku.name", ('"Basic"',), "Standard"),),
    "azure-native:network:LoadBalancer": (Weak("sku.name", ('"Basic"',), "Standard"),),
    "azure-native:network:ApplicationGateway": (Weak("sku.tier", ('"Standard"', '"WAF"'), "Standard_v2 or WAF_v2"),),
}


def find_weak(resource: Resource, table: Mapping[str, tuple[Weak, ...]]) -> Iterator[str]:
    for weak in table[resource.type]:
        for place in resource.children(weak.each) if weak.each else (resource,):
            if (found := place.show(weak.path)) in weak.values:
                yield f"{weak.path} is {found}, wanted {weak.wanted}"


@security.high(
    *PLAIN,
    reference=f"{HUB}/cloudfront-controls.html#cloudfront-3",
    fix="Require TLS 1.2 of callers, of what lies behind the entry point, and of the stores that requests read.",
)
def traffic_uses_current_tls(resource: Resource) -> Iterator[str]:
    """Requests travel over TLS 1.2 or newer, from the caller to the last store.

    Over http, over versions of TLS that are retired, and where nobody looks at the certificate, somebody on the way
    can read and change prompts, answers and the tokens that callers sign in with. It is advice: inside a network of
    one's own, plain traffic can be meant.
    """
    yield from find_weak(resource, PLAIN)


@lifecycle.high(
    *RETIRED,
    reference=f"{PSRULE}/Azure.AppGw.MigrateV2/",
    fix="Choose Standard_v2 or WAF_v2 of Application Gateway, Standard of load balancers and public addresses.",
)
def azure_tier_is_not_retired(resource: Resource) -> Iterator[str]:
    """A load balancer, a gateway or an address is of no tier that Azure has retired.

    Basic addresses and load balancers ended on 30 September 2025, the first version of Application Gateway on
    28 April 2026. What is left of them stops without notice, and cannot be made again.
    """
    yield from find_weak(resource, RETIRED)


@hygiene.medium(
    *IN_THE_CLEAR,
    reference=f"{HUB}/efs-controls.html#efs-1",
    fix="Turn encryption at rest on, with a key of your own where the data needs one.",
)
def stored_data_is_encrypted(store: Resource) -> Iterator[str]:
    """What is stored for a model, its files, features and streams, is encrypted at rest.

    Most of these stores can be encrypted only when they are made. Later it takes a copy and a move.
    """
    yield from find_weak(store, IN_THE_CLEAR)


@security.high(
    *SHARED_KEYS,
    reference=f"{PSRULE}/Azure.AKS.LocalAccounts/",
    fix="Let callers and machines sign in with identities of their own: disable keys, passwords and local accounts.",
)
def access_needs_an_identity(resource: Resource) -> Iterator[str]:
    """Services and machines are used with identities, not with a key or a password that everybody shares.

    A shared key is in many hands, names nobody in the log, and stays valid for who has left. On a machine whose
    metadata need no token, a flaw in the server is enough to take its role's credentials.
    """
    yield from find_weak(resource, SHARED_KEYS)
