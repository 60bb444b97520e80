"""Keys, and the topics and queues that they encrypt."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, hygiene

KEY = "aws:kms/key:Key"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide"


@hygiene.medium(
    KEY,
    reference="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    fix="Set enable_key_rotation.",
    remedy={"enableKeyRotation": True},
)
def storage_key_rotates(key: Resource) -> Iterator[str]:
    """A symmetric key is rotated every year.

    Rotation limits what one leaked key can open, and costs nothing: old data stays readable. (Left out are
    asymmetric keys, HMAC keys and keys in a custom key store, which AWS cannot rotate.)
    """
    symmetric = key.text("customerMasterKeySpec") in (None, "", "SYMMETRIC_DEFAULT")
    if symmetric and not key.has("customKeyStoreId") and not key.flag("enableKeyRotation"):
        yield f"enableKeyRotation is {key.show('enableKeyRotation')}, wanted true"


@hygiene.medium(
    KEY,
    reference=f"{HUB}/kms-controls.html#kms-3",
    fix="Set deletion_window_in_days to 14 or more.",
)
def storage_key_is_not_deleted_at_once(key: Resource, *, days: int = 14) -> Iterator[str]:
    """A deleted key can be restored for two weeks.

    Everything encrypted with a key is lost with it: the model, the logs, the captured data.
    """
    waits = key.number("deletionWindowInDays")
    if waits is not None and waits < days:
        yield f"deletionWindowInDays is {waits:g}, wanted {days} or more"


@hygiene.medium(
    "aws:sns/topic:Topic",
    reference=f"{HUB}/sns-controls.html#sns-1",
    fix="Give the topic the stack's KMS key.",
)
def storage_topic_is_encrypted(topic: Resource) -> Iterator[str]:
    """A topic is encrypted.

    Alarm messages name endpoints, accounts and thresholds, and are stored on disk until they are delivered.
    """
    if not topic.has("kmsMasterKeyId"):
        yield "kmsMasterKeyId is not set, wanted a KMS key"


@hygiene.medium(
    "aws:sqs/queue:Queue",
    reference=f"{HUB}/sqs-controls.html#sqs-1",
    fix="Set kms_master_key_id, or leave sqs_managed_sse_enabled on.",
)
def storage_queue_is_encrypted(queue: Resource) -> Iterator[str]:
    """A queue is encrypted.

    Failed requests stay in dead-letter queues for days, with everything that the caller sent.
    """
    if queue.flag("sqsManagedSseEnabled") is False and not queue.has("kmsMasterKeyId"):
        yield "sqsManagedSseEnabled is false and kmsMasterKeyId is not set, wanted one of them"


@availability.critical(
    KEY,
    reference="https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
    fix="Set is_enabled to true, or leave it out.",
)
def storage_key_is_enabled(key: Resource, stack: Stack) -> Iterator[str]:
    """A key that is in use is enabled.

    With a disabled key nothing can be encrypted or read: no new instance mounts its volume, no model is downloaded
    from its bucket, and messages stay in their queues.
    """

    def users() -> dict[str, Resource]:
        """By the URN of whatever is used: the last that uses it, policies and names of keys left out."""
        others = [resource for resource in stack.resources if not resource.type.startswith("aws:kms/")]
        return {urn: other for other in others for urns in other.links.values() for urn in urns}

    used = stack.remember("users", users).get(key.urn)
    if used and key.flag("isEnabled") is False:
        yield f"isEnabled is false and {used} uses it, wanted true"
