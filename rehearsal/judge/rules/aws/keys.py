"""KMS keys, the resources that use them, and secrets."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.policies import allows, lets_service, principals, statements
from rehearsal.values import UNKNOWN

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
_GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide"


@rule(KEY, KEY_POLICY, source=f"{_GUIDE}/key-policy-default.html")
def policy_can_be_changed_again(it: Resource) -> Found:
    policy_statements = statements(it.get("policy"))
    if policy_statements is None or it.get("bypassPolicyLockoutSafetyCheck") in (True, UNKNOWN):
        return
    if not any(
        allows(statement, "kms:PutKeyPolicy") and principals(statement, "AWS") for statement in policy_statements
    ):
        message = "MalformedPolicyDocumentException"
        yield "policy", f"{message}: The new key policy will not allow you to update the key policy in the future."


_SERVICES = {
    "aws:cloudwatch/logGroup:LogGroup": (
        "kmsKeyId",
        "logs.amazonaws.com",
        ("kms:Encrypt",),
        "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with the log group",
    ),
    "aws:cloudtrail/trail:Trail": (
        "kmsKeyId",
        "cloudtrail.amazonaws.com",
        ("kms:GenerateDataKey",),
        "InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket or KMS key",
    ),
    "aws:route53/keySigningKey:KeySigningKey": (
        "keyManagementServiceArn",
        "dnssec-route53.amazonaws.com",
        ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"),
        "InvalidKMSArn: The CMK did not grant all required permissions for DNSSEC usage",
    ),
}


def _of_another_region(document: object, service: str, it: Resource) -> bool:
    """Whether a document names a service only by its principals of regions other than the resource's."""
    domain = service.partition(".")
    named = {
        principal
        for statement in statements(document) or ()
        for principal in principals(statement, "Service")
        if principal in ("*", service) or (principal.startswith(f"{domain[0]}.") and principal.endswith(domain[2]))
    }
    return bool(named and it.region) and not named & {"*", service, f"{domain[0]}.{it.region}.{domain[2]}"}


@rule(*_SERVICES, source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html")
def key_lets_the_service_use_it(it: Resource, program: Program) -> Found:
    path, service, actions, message = _SERVICES[it.type]
    key = program.refer(it, path, KEY)
    if key is None:
        return
    if key.region and it.region and key.region != it.region and it.type == "aws:cloudwatch/logGroup:LogGroup":
        yield path, f"{message}: it is in {key.region}"
        return
    policies = [policy for policy in program.of(KEY_POLICY) if program.refer(policy, "keyId", KEY) is key]
    documents = [policy.get("policy") for policy in policies] or [key.get("policy")]
    if not key.new or UNKNOWN in documents:
        return
    named = [
        document for document in documents if document is not None and not _of_another_region(document, service, it)
    ]
    missing = [action for action in actions if not any(lets_service(document, service, action) for document in named)]
    if missing:
        yield path, f"{message}: the policy of {key.name!r} does not let {service} do {', '.join(missing)}"
    elif policies and not program.waits_for(it, *policies):
        yield path, f"{message} yet: depend on {policies[0].name!r}"
