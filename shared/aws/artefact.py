"""The packed model in a bucket of the stack's own, under a key that holds its digest.

S3 copies it in one request, which ends at 5 GB, and reports the SHA-256 of what it stored: other bytes than the
reviewed ones stop the deployment before there is a model.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html

A folder, which has the digest in its name, is referenced where it lies and not copied: SageMaker takes each object
below it as a file of the model, of any size.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3ModelDataSource.html

A new digest is a new object. The object of an old endpoint configuration does not change, so a rollback needs no
upload, and the endpoint is updated because the model's address has changed.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.site import Site
from shared.release import Packed

SHA256_BYTES = 32


class ModelArtefact(Component):
    """`source` are SageMaker's arguments for it; `bucket_arn`, `prefix` and `objects_arn` what a reader is granted."""

    source: dict[str, Any]
    bucket_arn: pulumi.Output[str]
    prefix: str
    objects_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        release: Packed,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self.source = self._refer(release) if release.is_folder else self._copy(name, site, release)
        self.register_outputs({})

    def _refer(self, release: Packed) -> dict[str, Any]:
        bucket, _, self.prefix = release.artefact.removeprefix("s3://").partition("/")
        self.bucket_arn = pulumi.Output.from_input(f"arn:aws:s3:::{bucket}")
        self.objects_arn = pulumi.Output.concat(self.bucket_arn, "/", self.prefix, "*")
        folder = {"compression_type": "None", "s3_data_type": "S3Prefix", "s3_uri": release.artefact}
        return {"model_data_source": {"s3_data_sources": [folder]}}

    def _copy(self, name: str, site: Site, release: Packed) -> dict[str, Any]:
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
        self.bucket_arn, self.prefix = store.arn, "models/"
        self.objects_arn = pulumi.Output.concat(store.arn, "/models/*")
        url = pulumi.Output.all(address, stored.checksum_sha256).apply(
            lambda found: check_stored(found[0], found[1], release)
        )
        return {"model_data_url": url}


def object_key(release: Packed) -> str:
    """`models/<version>/<digest>/<file>`."""
    return f"models/{release.model_version}/{release.digest_hex}/{release.artefact.rsplit('/', 1)[-1]}"


def check_stored(address: str, stored: str, release: Packed) -> str:
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
            f"({release.artefact_digest}); upload the reviewed file under a new key, and set that key"
        )
    return address
