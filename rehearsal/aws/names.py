"""Which property of an AWS type the provider names, and how; read from pulumi-aws 7's `provider/resources.go`.

The rule: an optional text property `name` is named `<logical name>-<7 hex digits>`. The tables hold the exceptions.
"""

from __future__ import annotations

from rehearsal.cloud import Naming
from rehearsal.sdk.package import ResourceType
from rehearsal.sdk.types import Scalar


def _alias(name: str) -> str:
    return name if name.startswith("alias/") else f"alias/{name}"


# The name of these is something in the world (a domain), not a label; or the service invents it.
UNNAMED = frozenset({"aws:route53/record:Record", "aws:directoryservice/directory:Directory"})

SPECIAL: dict[str, Naming] = {
    "aws:s3/bucket:Bucket": Naming("bucket", longest=63, change=str.lower),
    "aws:s3/bucketV2:BucketV2": Naming("bucket", longest=63, change=str.lower),
    "aws:s3/bucketObject:BucketObject": Naming("key", digits=0, separator=""),
    "aws:s3/bucketObjectv2:BucketObjectv2": Naming("key", digits=0, separator=""),
    "aws:ec2/keyPair:KeyPair": Naming("keyName"),
    "aws:efs/fileSystem:FileSystem": Naming("creationToken"),
    "aws:eks/nodeGroup:NodeGroup": Naming("nodeGroupName"),
    "aws:eks/fargateProfile:FargateProfile": Naming("fargateProfileName"),
    "aws:elasticache/cluster:Cluster": Naming("clusterId", longest=50, change=str.lower),
    "aws:elasticache/replicationGroup:ReplicationGroup": Naming("replicationGroupId", longest=40, change=str.lower),
    "aws:elasticsearch/domain:Domain": Naming("domainName", longest=28, change=str.lower),
    "aws:opensearch/domain:Domain": Naming("domainName"),
    "aws:cloudwatch/eventTarget:EventTarget": Naming("targetId"),
    "aws:lambda/permission:Permission": Naming("statementId", longest=100),
    "aws:mq/broker:Broker": Naming("brokerName", longest=55),
    "aws:msk/cluster:Cluster": Naming("clusterName"),
    "aws:msk/serverlessCluster:ServerlessCluster": Naming("clusterName"),
    "aws:rds/instance:Instance": Naming("identifier", separator=""),
    "aws:kms/alias:Alias": Naming("name", longest=238, change=_alias),
    "aws:athena/database:Database": Naming("name", separator="_"),
    "aws:glue/catalogDatabase:CatalogDatabase": Naming("name", separator="_", change=str.lower),
    "aws:glue/catalogTable:CatalogTable": Naming("name", separator="_", change=str.lower),
    "aws:iot/topicRule:TopicRule": Naming("name", separator="_"),
    "aws:codedeploy/deploymentConfig:DeploymentConfig": Naming("deploymentConfigName", longest=100, separator="_"),
    "aws:appsync/graphQLApi:GraphQLApi": Naming("name", separator="_"),
    "aws:appsync/dataSource:DataSource": Naming("name", separator="_"),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Naming("name", separator="_"),
    # These services allow fewer characters than the provider's usual 255.
    "aws:lb/loadBalancer:LoadBalancer": Naming("name", longest=32),
    "aws:alb/loadBalancer:LoadBalancer": Naming("name", longest=32),
    "aws:lb/targetGroup:TargetGroup": Naming("name", longest=32),
    "aws:alb/targetGroup:TargetGroup": Naming("name", longest=32),
    "aws:iam/role:Role": Naming("name", longest=64),
    "aws:lambda/function:Function": Naming("name", longest=64),
    "aws:cloudwatch/eventRule:EventRule": Naming("name", longest=64),
    "aws:elasticbeanstalk/environment:Environment": Naming("name", longest=40),
    "aws:sqs/queue:Queue": Naming("name", longest=80, ending=("fifoQueue", ".fifo")),
    "aws:sns/topic:Topic": Naming("name", longest=80, ending=("fifoTopic", ".fifo")),
}

# Types whose provider deletes before it replaces, whatever their name (`DeleteBeforeReplace: true` there).
DELETED_BEFORE_REPLACE = frozenset(
    {
        "aws:apigateway/integration:Integration",
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:efs/mountTarget:MountTarget",
        "aws:iam/accountAlias:AccountAlias",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    }
)


def naming(kind: ResourceType) -> Naming | None:
    """How this type is named, or None when only the program can name it."""
    if kind.token in SPECIAL:
        return SPECIAL[kind.token]
    name = kind.inputs.get("name")
    automatic = name is not None and not name.required and name.type == Scalar("string")
    return Naming("name") if automatic and kind.token not in UNNAMED else None
