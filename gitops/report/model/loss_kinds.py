"""What goes away when a resource is replaced or deleted: one table, by the resource's class.

The patterns match type tokens of any package, first match wins, so that a backend added later is covered by its class
name alone. The sentences say what a caller or an operator would notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gitops.records import Op, Step


class Lost(StrEnum):
    """The kinds of thing that can be lost, worst first; last what only has a successor, or stays."""

    DATA = "data"
    ADDRESS = "address"
    CAPACITY = "capacity"
    ACCESS = "access"
    WATCH = "watch"
    IDENTITY = "identity"
    VERSION = "version"
    KEPT = "kept"

    @property
    def harmless(self) -> bool:
        return self in (Lost.VERSION, Lost.KEPT)


@dataclass(frozen=True)
class LossKind:
    """`place` is the line of the table, which puts the worst of a kind first."""

    kind: Lost
    what: str
    place: int

    @property
    def rank(self) -> tuple[int, int]:
        return list(Lost).index(self.kind), self.place


TABLE: tuple[tuple[str, Lost, str], ...] = (
    # settings of a bucket come before the bucket: losing one leaves the data
    (r":Bucket(Policy|PublicAccessBlock|OwnershipControls|Acl)", Lost.ACCESS, "the rules for access to the bucket"),
    (r":Bucket(Versioning|Lifecycle|Server|Logging|Cors|Notif)", Lost.IDENTITY, "one setting of the bucket"),
    (r":(Bucket|BucketV2|StorageAccount|BlobContainer)$", Lost.DATA, "every object stored in it"),
    (r":(BucketObject|BucketObjectv2|Blob)$", Lost.DATA, "the stored object, a model archive for instance"),
    (r"(dynamodb|rds|efs|ebs|docdb|elasticache|documentdb|sql)[/:].*:\w+$", Lost.DATA, "the data stored in it"),
    (r"ecr/?.*:Repository$|:Registry$", Lost.DATA, "every image pushed to it, the serving one included"),
    (r"machinelearningservices.*:Workspace$", Lost.DATA, "its registered models, endpoints and run history"),
    (r":(LogGroup|Workspace)$", Lost.DATA, "the logs kept in it"),
    (r"kms/.*:Key$|keyvault.*:(Vault|Key)$", Lost.DATA, "the key: nothing encrypted with it can be read again"),
    (r":(Secret|SecretVersion|Parameter)$", Lost.DATA, "the stored secret or setting"),
    (r":Model(Version|Container|Package|PackageGroup)$", Lost.DATA, "the registered model"),
    (r":(Queue|Topic)$", Lost.DATA, "messages not yet delivered and every subscription"),
    (r":(Vpc|VirtualNetwork)$", Lost.ADDRESS, "the network and everything in it"),
    (r":(Online|Batch|Serverless)Endpoint$", Lost.ADDRESS, "the scoring address and the keys callers hold"),
    (r"sagemaker.*:Endpoint$", Lost.ADDRESS, "the endpoint callers invoke; none answers until the new one is up"),
    (r":(OnlineDeployment|EndpointConfiguration)$", Lost.CAPACITY, "the instances that serve behind the endpoint"),
    (r"lb.*:\w*LoadBalancer$", Lost.ADDRESS, "the DNS name callers resolve"),
    (r":(Listener|ListenerRule|TargetGroup)$", Lost.CAPACITY, "the route from the load balancer to the servers"),
    (r":(RestApi|Api|HttpApi)$", Lost.ADDRESS, "the API's id, a part of the address callers hold"),
    (r"apigateway.*:(Stage|DomainName)$", Lost.ADDRESS, "the published address until the new one is live"),
    (r":(FunctionUrl|Distribution|Record|RecordSet)$", Lost.ADDRESS, "an address callers resolve"),
    (r":(Eip|NatGateway|PublicIPAddress)$", Lost.ADDRESS, "a public IP address that others may have allowed"),
    (r":(PrivateEndpoint|VpcEndpoint)$", Lost.ADDRESS, "a private address that programs connect to"),
    (r":(Subnet|RouteTable)$", Lost.ADDRESS, "the network of everything inside it"),
    (r"lambda/.*:(Function|Alias)$", Lost.ADDRESS, "the function callers invoke, and its warm capacity"),
    (r"ecs.*:\w*Service$", Lost.CAPACITY, "the running tasks that serve"),
    (r"ecs.*:Cluster$", Lost.CAPACITY, "the cluster and every service on it"),
    (r"appautoscaling|:ProvisionedConcurrency", Lost.CAPACITY, "automatic scaling, until the new one is attached"),
    (r":AutoscaleSetting$", Lost.CAPACITY, "automatic scaling, until the new one is attached"),
    (r"sagemaker.*:Model$", Lost.CAPACITY, "the model that endpoint configurations name"),
    (r":TaskDefinition$", Lost.IDENTITY, "an older revision; running tasks keep theirs"),
    (r"iam/|:(Role|Policy|Permission|RoleAssignment)$", Lost.ACCESS, "rights that running programs use"),
    (r":(SecurityGroup\w*|UserAssignedIdentity)$", Lost.ACCESS, "rights that running programs use"),
    (r":(\w*Alarm|\w*Alert|Dashboard|DiagnosticSetting|ActionGroup)$", Lost.WATCH, "alarms or charts, till it is back"),
)
"""Pattern on the type token, kind, and what is lost, in words that follow "lost:"."""

SUPERSEDED = re.compile(
    r"ecs.*:TaskDefinition$|sagemaker.*:(Model|EndpointConfiguration)$|apigateway.*:Deployment$|:LayerVersion$"
)
"""Types that are never changed, only followed by a new one: what used the old one is moved to it in the same update.
Not where the old one goes first, as it must if both have one fixed name: until the new one is made, there is none."""

VERSION = LossKind(Lost.VERSION, "nothing, a new version follows it", 0)
KEPT = LossKind(Lost.KEPT, "nothing, it stays in the cloud", 0)
DEFAULT = LossKind(Lost.IDENTITY, "its identity: everything that refers to it needs the new one", len(TABLE))


def classify_loss(step: Step) -> LossKind:
    """What a replacement or deletion loses. An alarm whose successor is made first has watched without a gap."""
    if step.retained:
        return KEPT
    kind = classify_type(step.type)
    made_first = step.op is Op.REPLACE and not step.deletes_first
    return VERSION if made_first and (SUPERSEDED.search(step.type) or kind.kind is Lost.WATCH) else kind


@lru_cache(maxsize=4096)
def classify_type(type_token: str) -> LossKind:
    """What is lost with a resource of this type."""
    for place, (pattern, kind, what) in enumerate(TABLE):
        if re.search(pattern, type_token):
            return LossKind(kind, what, place)
    return DEFAULT
