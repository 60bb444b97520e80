"""What is collected in a bucket, where it is put, and which rules of its lifecycle are about that."""

from __future__ import annotations

from collections.abc import Iterator

from .properties import Properties
from .resources import Resource, Stack
from .serving import CONFIGURATION

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
# what writes into a bucket without end: the property that names the bucket, and where under it
COLLECTS = {
    (CONFIGURATION, "dataCaptureConfig"): ("dataCaptureConfig.destinationS3Uri",),
    (CONFIGURATION, "asyncInferenceConfig"): (
        "asyncInferenceConfig.outputConfig.s3OutputPath",
        "asyncInferenceConfig.outputConfig.s3FailurePath",
    ),
    (BALANCER, "accessLogs.bucket"): ("accessLogs.prefix",),
}
# conditions on which an object is or is not, whatever its key is
OF_SOME = ("tag", "tags", "objectSizeGreaterThan", "objectSizeLessThan")


def list_folders(bucket: Resource, stack: Stack) -> Iterator[str]:
    """The folders of a bucket that something is collected in, as far as they are known."""
    for (type_, path), places in COLLECTS.items():
        for writer in stack.referring(bucket, type_, path):
            for text in filter(None, map(writer.text_if_known, places)):
                key = text.partition("://")[2].partition("/")[2] if "://" in text else text
                if key.strip("/"):
                    yield key.strip("/") + "/"


def is_about(rule: Properties, folder: str) -> bool:
    """Whether a rule of a lifecycle is about what is in a folder, or about some of its subfolders."""
    filters = (rule.child("filter"), rule.child("filter.and"))
    if any(each.has(name) for each in filters for name in OF_SOME):
        return False
    prefix = rule.text("filter.prefix") or rule.text("filter.and.prefix") or rule.text("prefix") or ""
    return folder.startswith(prefix) or prefix.startswith(folder)
