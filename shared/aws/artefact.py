"""The packed model in a bucket of the stack's own, under a key that holds its digest.

A new digest is a new object: what an old endpoint configuration points at stays as it was, so going back needs no
upload, and the endpoint is updated because the address of the model has changed.
"""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_aws as aws

from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.site import Site
from shared.release import Release

REPOSITORY = Path(__file__).resolve().parents[2]


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
        key = object_key(release)
        common = {"bucket": store.bucket, "key": key, "kms_key_id": site.key_arn, "region": site.region}
        # the old object stays for the old endpoint configuration, which is kept for going back
        options = self.child(retain_on_delete=True)
        if release.artefact.startswith("s3://"):
            source = release.artefact.removeprefix("s3://")
            stored = aws.s3.ObjectCopy(
                f"{name}-model",
                source=source,
                server_side_encryption="aws:kms",
                checksum_algorithm="SHA256",
                opts=options,
                **common,
            )
        else:
            source = pulumi.FileAsset(str(REPOSITORY / release.artefact))
            stored = aws.s3.BucketObjectv2(
                f"{name}-model",
                source=source,
                server_side_encryption="aws:kms",
                checksum_algorithm="SHA256",
                opts=options,
                **common,
            )
        self.url = pulumi.Output.concat("s3://", stored.bucket, "/", stored.key)
        self.bucket_arn = store.arn
        self.objects_arn = pulumi.Output.concat(store.arn, "/models/*")
        self.register_outputs({"url": self.url})


def object_key(release: Release) -> str:
    """`models/<version>/<digest>/model.tar.gz`."""
    return f"models/{release.model_version}/{release.digest_hex}/{release.artefact.rsplit('/', 1)[-1]}"
