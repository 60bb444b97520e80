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
    if not any(allows(one, "kms:PutKeyPolicy") and principals(one, "AWS") for one in policy_statements):
        message = "MalformedPolicyDocumentException"
        yield "policy", f"{message}: The new key policy will not allow you to update the key policy in the future."


@rule(KEY, source="https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html")
def specification_of_the_usage(it: Resource) -> Found:
    spec, usage = str(it.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT")), str(it.get("keyUsage", "ENCRYPT_DECRYPT"))
    wanted = {
        "SYMMETRIC_DEFAULT": ("ENCRYPT_DECRYPT",),
        "HMAC": ("GENERATE_VERIFY_MAC",),
        "RSA": ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
        "ECC_SECG": ("SIGN_VERIFY",),
        "ECC_NIST": ("SIGN_VERIFY", "KEY_AGREEMENT"),
    }
    usages = next((found for prefix, found in wanted.items() if spec.startswith(prefix)), ())
    if usages and isinstance(it.get("keyUsage", ""), str) and usage not in usages:
        yield "keyUsage", f"ValidationException: KeyUsage {usage} is not compatible with KeySpec {spec}"
    if it.get("enableKeyRotation") is True and spec != "SYMMETRIC_DEFAULT" and usages:
        message = "UnsupportedOperationException: automatic rotation is for symmetric encryption keys"
        yield "enableKeyRotation", f"{message}, found {spec}"
    if it.get("rotationPeriodInDays") is not None and it.get("enableKeyRotation") is None:
        yield "rotationPeriodInDays", "it requires enableKeyRotation"


_REPLICAS = {
    "aws:kms/replicaKey:ReplicaKey": KEY,
    "aws:kms/replicaExternalKey:ReplicaExternalKey": "aws:kms/externalKey:ExternalKey",
}


@rule(*_REPLICAS, source="https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html")
def replica_of_a_key(it: Resource, program: Program) -> Found:
    key = program.refer(it, "primaryKeyArn", _REPLICAS[it.type])
    if key and key.get("multiRegion") in (None, False):
        message = f"UnsupportedOperationException: {key.name!r} is not a multi-Region primary key (multiRegion)"
        yield "primaryKeyArn", message
    elif key and key.region and key.region == it.region:
        message = "ValidationException: the replica must be in another region than its primary key"
        yield "primaryKeyArn", f"{message}, {key.region}"


_SERVICES = {
    "aws:cloudwatch/logGroup:LogGroup": (
        "kmsKeyId",
        "logs.amazonaws.com",
        ("kms:Encrypt",),
        "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with the log group",
    ),
    "aws:route53/keySigningKey:KeySigningKey": (
        "keyManagementServiceArn",
        "dnssec-route53.amazonaws.com",
        ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"),
        "InvalidKMSArn: The CMK did not grant all required permissions for DNSSEC usage",
    ),
}


@rule(*_SERVICES, source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html")
def key_lets_the_service_use_it(it: Resource, program: Program) -> Found:
    path, service, actions, message = _SERVICES[it.type]
    key = program.refer(it, path, KEY)
    if key is None:
        return
    if key.region and it.region and key.region != it.region and not it.type.startswith("aws:route53"):
        yield path, f"{message}: it is in {key.region}"
        return
    policies = [one for one in program.of(KEY_POLICY) if program.refer(one, "keyId", KEY) is key]
    documents = [one.get("policy") for one in policies] or [key.get("policy")]
    if not key.new or UNKNOWN in documents:
        return
    named = [document for document in documents if document is not None]
    missing = [one for one in actions if not any(lets_service(document, service, one) for document in named)]
    if missing:
        yield path, f"{message}: the policy of {key.name!r} does not let {service} do {', '.join(missing)}"
    elif policies and not program.waits_for(it, *policies):
        yield path, f"{message} yet: depend on {policies[0].name!r}"


@rule(
    "aws:secretsmanager/secret:Secret",
    source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
)
def replicas_are_elsewhere(it: Resource, program: Program) -> Found:
    for path, one in it.blocks("replicas"):
        if it.region and one.text("region") == it.region:
            yield (
                f"{path}.region",
                f"InvalidParameterException: Invalid replica region: the secret's own is {it.region}",
            )
