"""The packed model in a bucket of the stack's own, under a key that holds its digest.

S3 copies it in one request, which ends at 5 GB, and reports the SHA-256 of what it stored: other bytes than the
reviewed ones stop the deployment before there is a model.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html

A new digest is a new object: what an old endpoint configuration points at stays as it was, so going back needs no
upload, and the endpoint is updated because the address of the model has changed.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error

import pulumi
import pulumi_aws as aws

from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.site import Site
from shared.release import Release

SHA256_BYTES = 32


class ModelArtefact(Component):
    """`url` is the s3:// address of the model in this region, `objects_arn` what a reader is granted."""

    url: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    objects_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        release: Release,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        store = PrivateBucket(f"{name}-store", site=site, opts=self.child())
        stored = aws.s3.ObjectCopy(
            f"{name}-model",
            source=release.artefact.removeprefix("s3://"),
            bucket=store.bucket,
            key=object_key(release),
            server_side_encryption="aws:kms",
            kms_key_id=site.key_arn,
            checksum_algorithm="SHA256",
            # S3 copies the source's tags otherwise, and ignores ours
            tagging_directive="REPLACE",
            region=site.region,
            # the old object stays for the old endpoint configuration, which is kept for going back
            opts=self.child(retain_on_delete=True),
        )
        address = pulumi.Output.concat("s3://", stored.bucket, "/", stored.key)
        self.url = pulumi.Output.all(address, stored.checksum_sha256).apply(
            lambda found: checked(found[0], found[1], release)
        )
        self.bucket_arn = store.arn
        self.objects_arn = pulumi.Output.concat(store.arn, "/models/*")
        self.register_outputs({"url": self.url})


def object_key(release: Release) -> str:
    """`models/<version>/<digest>/<file>`."""
    return f"models/{release.model_version}/{release.digest_hex}/{release.artefact.rsplit('/', 1)[-1]}"


def checked(address: str, stored: str, release: Release) -> str:
    """The address, once the base64 SHA-256 that S3 reports for the object there is the release's.

    A rehearsal holds no bytes, and so reports none. Raises ValueError, naming the key, when the bytes are others.
    """
    try:
        digest = b64decode(stored, validate=True)
    except Error:
        digest = b""
    if len(digest) == SHA256_BYTES and digest.hex() != release.digest_hex:
        raise ValueError(
            f"release.artefact: {release.artefact} has sha256:{digest.hex()}, expected release.artefact_digest "
            f"({release.artefact_digest}); upload the reviewed file under a new key, and name that"
        )
    return address
