"""The packed model in a bucket of the stack's own, under a key that holds its digest.

A new digest is a new object: what an old endpoint configuration points at stays as it was, so going back needs no
upload, and the endpoint is updated because the address of the model has changed.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.site import Site
from shared.release import Release


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
            region=site.region,
            # the old object stays for the old endpoint configuration, which is kept for going back
            opts=self.child(retain_on_delete=True),
        )
        self.url = pulumi.Output.concat("s3://", stored.bucket, "/", stored.key)
        self.bucket_arn = store.arn
        self.objects_arn = pulumi.Output.concat(store.arn, "/models/*")
        self.register_outputs({"url": self.url})


def object_key(release: Release) -> str:
    """`models/<version>/<digest>/<file>`."""
    return f"models/{release.model_version}/{release.digest_hex}/{release.artefact.rsplit('/', 1)[-1]}"
