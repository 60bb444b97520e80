"""OpenSearch: who may write a domain's logs."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.policies import lets_service

LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_SERVICES = ("es.amazonaws.com", "opensearchservice.amazonaws.com")


@rule(
    "aws:opensearch/domain:Domain",
    "aws:elasticsearch/domain:Domain",
    source="https://github.com/awsdocs/amazon-opensearch-service-developer-guide/pull/59",
)
def policy_lets_the_domain_log(it: Resource, program: Program) -> Found:
    """An account may have such a policy already, so only policies of the program that let too little are judged."""
    policies = [policy.get("policyDocument") for policy in program.of(LOG_POLICY)]
    logging = [
        policy for policy in policies if any(lets_service(policy, name, "logs:PutLogEvents") for name in _SERVICES)
    ]
    unread = any(lets_service(policy, _SERVICES[0], "logs:PutLogEvents") is None for policy in policies)
    for index, _ in enumerate(it.list("logPublishingOptions")):
        path = f"logPublishingOptions[{index}].cloudwatchLogGroupArn"
        group = program.refer(it, path, _GROUP)
        for action in ("logs:PutLogEventsBatch", "logs:CreateLogStream") if group and group.new and not unread else ():
            if logging and not any(lets_service(policy, name, action) for policy in logging for name in _SERVICES):
                message = "ValidationException: The Resource Access Policy specified for the CloudWatch Logs log group"
                told = "does not grant sufficient permissions for Amazon OpenSearch Service to create a log stream"
                yield path, f"{message} {group.name if group else path} {told}: {action}"
