"""An EKS cluster with its roles, a node group, an OIDC provider and a kubeconfig."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws


def trusting(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


vpc = aws.ec2.get_vpc(default=True)
subnets = aws.ec2.get_subnets(filters=[{"name": "vpc-id", "values": [vpc.id]}])
control = aws.iam.Role("control", assume_role_policy=trusting("eks.amazonaws.com"))
aws.iam.RolePolicyAttachment("control", role=control.name, policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
node = aws.iam.Role("node", assume_role_policy=trusting("ec2.amazonaws.com"))
for place, policy in enumerate(
    ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")
):
    aws.iam.RolePolicyAttachment(f"node-{place}", role=node.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}")
cluster = aws.eks.Cluster(
    "cluster",
    role_arn=control.arn,
    vpc_config={"subnet_ids": subnets.ids, "public_access_cidrs": ["0.0.0.0/0"]},
)
aws.eks.NodeGroup(
    "nodes",
    cluster_name=cluster.name,
    node_role_arn=node.arn,
    subnet_ids=subnets.ids,
    scaling_config={"desired_size": 2, "max_size": 4, "min_size": 1},
)
issuer = cluster.identities[0].oidcs[0].issuer
aws.iam.OpenIdConnectProvider(
    "cluster",
    url=issuer,
    client_id_lists=["sts.amazonaws.com"],
    thumbprint_lists=["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
)
pulumi.export(
    "kubeconfig",
    pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "clusters": [
                {
                    "name": "k",
                    "cluster": {
                        "server": cluster.endpoint,
                        "certificate-authority-data": cluster.certificate_authority.data,
                    },
                }
            ],
        }
    ),
)
