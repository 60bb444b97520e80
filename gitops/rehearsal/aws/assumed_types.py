"""Types that a program may look up though no rehearsal made them: answered as if made with what is asked for.

Their ids, ARNs and addresses are those that the same tables give a resource of the rehearsal's own. What needs another
answer is in `assumed`; what nobody looks up by name (a rule, an attachment, another company's service) is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

_LOOKED_UP: Mapping[str, str] = {
    "acmpca": "CertificateAuthority",
    "apigateway": "DomainName Resource RestApi VpcLink",
    "apigatewayv2": "Api VpcLink",
    "autoscaling": "Group",
    "backup": "Plan Vault",
    "batch": "ComputeEnvironment JobDefinition JobQueue",
    "cloudformation": "Stack",
    "cloudfront": "Distribution Function OriginAccessControl OriginAccessIdentity",
    "cloudwatch": "EventBus LogGroup",
    "codecommit": "Repository",
    "cognito": "IdentityPool UserPool UserPoolClient",
    "directoryservice": "Directory",
    "docdb": "Cluster",
    "dynamodb": "Table",
    "ebs": "Snapshot Volume",
    "ec2": "CustomerGateway ElasticIp Instance InternetGateway KeyPair LaunchConfiguration LaunchTemplate NatGateway "
    "NetworkAcl NetworkInterface RouteTable VpcDhcpOptions VpcEndpoint VpcPeeringConnection VpnGateway",
    "ec2transitgateway": "RouteTable TransitGateway VpcAttachment",
    "ecs": "Cluster Service TaskDefinition",
    "efs": "AccessPoint FileSystem MountTarget",
    "eks": "Addon NodeGroup",
    "elasticache": "Cluster ReplicationGroup ServerlessCache SubnetGroup User",
    "elasticbeanstalk": "Application",
    "elb": "LoadBalancer",
    "glue": "CatalogTable Connection",
    "iam": "Group InstanceProfile OpenIdConnectProvider SamlProvider ServerCertificate User",
    "kinesis": "FirehoseDeliveryStream Stream",
    "lambda": "Alias CodeSigningConfig Function FunctionUrl LayerVersion",
    "lb": "Listener",
    "alb": "Listener",
    "memorydb": "Cluster",
    "mq": "Broker",
    "msk": "Cluster Configuration",
    "networkfirewall": "Firewall FirewallPolicy",
    "opensearch": "Domain ServerlessCollection",
    "organizations": "OrganizationalUnit",
    "rds": "Cluster Instance ParameterGroup Proxy Snapshot SubnetGroup",
    "redshift": "Cluster SubnetGroup",
    "route53": "ResolverEndpoint ResolverRule",
    "s3": "BucketObject Object",
    "servicediscovery": "HttpNamespace Service",
    "sesv2": "ConfigurationSet EmailIdentity",
    "sfn": "Activity StateMachine",
    "sns": "Topic",
    "sqs": "Queue",
    "ssm": "Document",
    "transfer": "Server",
    "wafv2": "IpSet RegexPatternSet RuleGroup WebAcl",
    "workspaces": "Directory",
}
ASSUMED_TYPES = frozenset(
    f"aws:{module}/get{name}:get{name}" for module, names in _LOOKED_UP.items() for name in names.split()
)
