"""awsx: a network, a repository with an image, a load balancer, a Fargate service."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

vpc = awsx.ec2.Vpc("net", nat_gateways={"strategy": awsx.ec2.NatGatewayStrategy.SINGLE})
repository = awsx.ecr.Repository("images", force_delete=True)
balancer = awsx.lb.ApplicationLoadBalancer("web", subnet_ids=vpc.public_subnet_ids, default_target_group_port=8080)
cluster = aws.ecs.Cluster("cluster")
service = awsx.ecs.FargateService(
    "api",
    cluster=cluster.arn,
    desired_count=2,
    network_configuration={"subnets": vpc.private_subnet_ids, "security_groups": []},
    task_definition_args={
        "container": {
            "name": "api",
            "image": pulumi.Output.concat(repository.url, ":latest"),
            "cpu": 256,
            "memory": 512,
            "essential": True,
            "port_mappings": [{"container_port": 8080, "target_group": balancer.default_target_group}],
        }
    },
)
pulumi.export("vpc", vpc.vpc_id)
pulumi.export("url", balancer.load_balancer.dns_name)
pulumi.export("service", service.service.name)
