"""What the endpoint's container may do: read its model, pull its image, write its logs and captured requests."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.artefact import ModelArtefact
from shared.aws.component import Component
from shared.aws.iam import Statement, allow, document, trust
from shared.aws.image import registry_account, repository_name
from shared.aws.place import Place
from shared.aws.site import Site

# a private endpoint is attached to the network by the role itself; none of these actions can name a resource in advance
NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeDhcpOptions",
)


class ExecutionRole(Component):
    """`arn` can be passed to SageMaker once the policy is attached: it depends on it."""

    arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        image: str,
        artefact: ModelArtefact,
        model_key_arn: str | None,
        capture_arn: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=trust("sagemaker.amazonaws.com", site.place.account), opts=self.child()
        )
        statements = [
            allow("s3:GetObject", on=artefact.objects_arn),
            allow("s3:ListBucket", on=artefact.bucket_arn, when={"StringLike": {"s3:prefix": [f"{artefact.prefix}*"]}}),
            *([allow("kms:Decrypt", on=model_key_arn)] if model_key_arn else []),
            allow("s3:PutObject", on=pulumi.Output.concat(capture_arn, "/capture/*")),
            allow("kms:Decrypt", "kms:GenerateDataKey", on=site.key_arn),
            *image_statements(image, site.place),
            *telemetry_statements(site.place),
            allow(*NETWORK_ACTIONS, on="*"),
        ]
        self.policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=document(*statements), opts=self.child()
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


def image_statements(image: str, place: Place) -> list[Statement]:
    repository = f"arn:aws:ecr:{place.region}:{registry_account(image)}:repository/{repository_name(image)}"
    return [
        # the token is the account's, not a repository's
        allow("ecr:GetAuthorizationToken", on="*"),
        allow("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability", on=repository),
    ]


def telemetry_statements(place: Place) -> list[Statement]:
    namespaces = ["AWS/SageMaker", "/aws/sagemaker/Endpoints"]
    return [
        allow(
            *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            on=place.arn("logs", "log-group:/aws/sagemaker/*"),
        ),
        # metrics have no resource; the namespace is what can be limited
        allow("cloudwatch:PutMetricData", on="*", when={"StringEquals": {"cloudwatch:namespace": namespaces}}),
    ]
