"""Databases: PostgreSQL and Aurora in private subnets, a generated password in Secrets Manager, a cache."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws
import pulumi_random as random

vpc = aws.ec2.Vpc("data", cidr_block="10.1.0.0/16")
zones = aws.get_availability_zones().names
subnets = [
    aws.ec2.Subnet(f"data-{i}", vpc_id=vpc.id, cidr_block=f"10.1.{i}.0/24", availability_zone=zones[i])
    for i in range(2)
]
inside = aws.rds.SubnetGroup("data", subnet_ids=[subnet.id for subnet in subnets])
group = aws.ec2.SecurityGroup("data", vpc_id=vpc.id)
aws.ec2.SecurityGroupRule(
    "data", type="ingress", security_group_id=group.id, protocol="tcp", from_port=5432, to_port=5432, self=True
)
password = random.RandomPassword("data", length=24, special=True, override_special="_-")
secret = aws.secretsmanager.Secret("data", recovery_window_in_days=0)
aws.secretsmanager.SecretVersion(
    "data",
    secret_id=secret.id,
    secret_string=password.result.apply(lambda text: json.dumps({"username": "app", "password": text})),
)
database = aws.rds.Instance(
    "data",
    engine="postgres",
    instance_class=aws.rds.InstanceType.T3_MICRO,
    allocated_storage=20,
    db_name="app",
    username="app",
    password=password.result,
    db_subnet_group_name=inside.name,
    vpc_security_group_ids=[group.id],
    skip_final_snapshot=True,
    storage_encrypted=True,
)
cluster = aws.rds.Cluster(
    "aurora",
    engine="aurora-postgresql",
    master_username="app",
    master_password=password.result,
    db_subnet_group_name=inside.name,
    skip_final_snapshot=True,
)
aws.rds.ClusterInstance(
    "aurora", cluster_identifier=cluster.id, engine="aurora-postgresql", instance_class="db.r6g.large"
)
cache_inside = aws.elasticache.SubnetGroup("cache", subnet_ids=[subnet.id for subnet in subnets])
cache = aws.elasticache.Cluster(
    "cache", engine="redis", node_type="cache.t3.micro", num_cache_nodes=1, subnet_group_name=cache_inside.name
)
pulumi.export("address", database.address)
pulumi.export("port", database.port)
pulumi.export("reader", cluster.reader_endpoint)
pulumi.export("cache", cache.cache_nodes[0].address)
pulumi.export("password", password.result)
