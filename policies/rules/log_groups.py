"""Log groups: how long logs are kept, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import hygiene
from ..serving import ENDPOINT, FUNCTION

GROUP = "aws:cloudwatch/logGroup:LogGroup"
# how the name begins that a service gives the log group of each of its resources, and those resources.
# https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html and
# https://github.com/awslabs/ml-container-creator (aws logs tail /aws/sagemaker/Endpoints/…)
OWNERS = {"/aws/lambda/": FUNCTION, "/aws/sagemaker/Endpoints/": ENDPOINT}
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"


@hygiene.medium(
    GROUP,
    reference=f"{HUB}#cloudwatch-16",
    fix="Set retention_in_days.",
    config_key="logs.retention_days",
)
def log_group_has_retention(group: Resource) -> Iterator[str]:
    """A log group deletes its logs after a time that the team sets.

    The default is to keep them forever. The cost only grows, and the logs contain callers' data that may have to be
    deleted.
    """
    if not group.number("retentionInDays"):
        yield f"retentionInDays is {group.show('retentionInDays')}, wanted a number of days"


@hygiene.low(
    GROUP,
    reference=f"{HUB}#cloudwatch-16",
    fix="Set retention_in_days to 365 or more.",
    config_key="logs.retention_days",
)
def log_group_keeps_logs_for_a_year(group: Resource, *, days: int = 365) -> Iterator[str]:
    """A log group keeps its logs for a year.

    Intrusions are found months after they began, and an investigation needs the first log line.
    """
    kept = group.number("retentionInDays") or 0
    if 0 < kept < days:
        yield f"retentionInDays is {kept:g}, wanted {days} or more"


@hygiene.medium(
    GROUP,
    reference="https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-log-group-encrypted.html",
    fix="Set kms_key_id.",
)
def log_group_is_encrypted(group: Resource) -> Iterator[str]:
    """A log group is encrypted with a key that the team controls.

    Inference logs contain parts of what callers sent. The team's own key defines who may read them, and records who
    did.
    """
    if not group.has("kmsKeyId"):
        yield "kmsKeyId is not set, wanted a KMS key"


@hygiene.medium(
    GROUP,
    reference="https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html",
    fix="Name the group after the function or the endpoint, from its resource's own name.",
)
def log_group_is_the_one_that_is_written(group: Resource, stack: Stack) -> Iterator[str]:
    """A log group of a function or an endpoint has the name that the service writes to.

    Under another name it stays empty. The service makes a group of its own, which keeps its logs for ever and has no
    key. Judged where the program names all of its functions or endpoints, and one of them has no group.
    """
    name = group.text_if_known("name") or ""
    for begins, type_ in OWNERS.items() if not name.endswith("/") else ():
        owners = [each for each in stack.of(type_) if not _logs_elsewhere(each)]
        own_groups = [each for each in stack.of(type_) if _logs_elsewhere(each)]
        wanted = {f"{begins}{each.text_if_known('name')}": each for each in owners if each.text_if_known("name")}
        if any(each.text_if_known("loggingConfig.logGroup") in (None, name) for each in own_groups):
            continue
        groups = {other.text_if_known("name") for other in stack.of(GROUP)}
        lacking = [each for path, each in wanted.items() if path not in groups]
        known = len(owners) == len([each for each in owners if each.text_if_known("name")]) and None not in groups
        if name.startswith(begins) and name not in wanted and lacking and known and "." not in name:
            yield f'name is "{name}", to which nothing here writes, and {lacking[0]} has no group, wanted its name'


def _logs_elsewhere(owner: Resource) -> bool:
    """Whether a function writes to a group that it names itself."""
    return owner.has("loggingConfig.logGroup")
