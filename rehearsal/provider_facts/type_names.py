"""Which CloudFormation type an AWS resource of Pulumi's is.

Most names agree once case is ignored and the module is called as CloudFormation calls the service; the rest are
`cfn` entries in `aws.toml`. A wrong pairing would judge by another resource's rules, so nothing is guessed further.
"""

from __future__ import annotations

from functools import cache

from rehearsal.provider_facts import registry, type_facts

# Pulumi's module (Terraform's service) → CloudFormation services to look in, first hit wins.
_SERVICES = {
    "acm": ("CertificateManager",),
    "alb": ("ElasticLoadBalancingV2",),
    "amp": ("APS",),
    "appautoscaling": ("ApplicationAutoScaling",),
    "cfg": ("Config",),
    "cloudsearch": (),
    "cloudwatch": ("CloudWatch", "Logs", "Events"),
    "devicefarm": ("DeviceFarm",),
    "ebs": ("EC2",),
    "ec2clientvpn": ("EC2",),
    "ec2transitgateway": ("EC2",),
    "ecrpublic": ("ECR",),
    "elb": ("ElasticLoadBalancing",),
    "inspector2": ("InspectorV2",),
    "keyspaces": ("Cassandra",),
    "lb": ("ElasticLoadBalancingV2",),
    "macie2": ("Macie",),
    "mq": ("AmazonMQ",),
    "mskconnect": ("KafkaConnect",),
    "opensearch": ("OpenSearchService",),
    "opensearchingest": ("OSIS",),
    "s3control": ("S3",),
    "schemas": ("EventSchemas",),
    "sesv2": ("SES",),
    "sfn": ("StepFunctions",),
    "ssoadmin": ("SSO",),
    "timestreaminfluxdb": ("Timestream",),
    "timestreamwrite": ("Timestream",),
    "verifiedaccess": ("EC2",),
    "vpc": ("EC2",),
}


@cache
def cfn_type(token: str) -> str | None:
    """`aws:sagemaker/endpointConfiguration:EndpointConfiguration` → `AWS::SageMaker::EndpointConfig`.

    None where CloudFormation has no such type, or where it is not known to be the same thing.
    """
    package, _, rest = token.partition(":")
    if package != "aws":
        return None
    facts = type_facts.of(token)
    if facts.cfn or facts.unmapped:
        return facts.cfn
    module, _, name = rest.partition(":")
    module = module.split("/")[0]
    for service in _SERVICES.get(module, (module,)):
        found = _by_folded_name().get((service.lower(), name.lower()))
        if found:
            return found
    return None


@cache
def _by_folded_name() -> dict[tuple[str, str], str]:
    parts = ((name, name.split("::")) for name in registry.file_names())
    return {(words[1].lower(), words[2].lower()): name for name, words in parts if len(words) == 3}
