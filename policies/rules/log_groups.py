"""Log groups: how long logs are kept, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource
from ..rule import hygiene

GROUP = "aws:cloudwatch/logGroup:LogGroup"
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
