"""The locks of a target in a bucket (`s3://`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gitops.checkout.targets import Target
from gitops.state_locks.lock import FOLDER, Lock


class BucketLocks:
    """The address has the engine's own options."""

    def __init__(self, address: str, target: Target) -> None:
        import boto3  # a third of a command's start, for the real clouds

        split = urlsplit(address)
        options = parse_qs(split.query)
        where: dict[str, Any] = {"region_name": options.get("region", [None])[0]}
        where |= {"endpoint_url": options["endpoint"][0]} if "endpoint" in options else {}
        self.client: Any = boto3.client("s3", **where)  # pyright: ignore[reportUnknownMemberType]
        self.bucket = split.netloc
        base = split.path.strip("/")
        self.prefix = f"{f'{base}/' if base else ''}{FOLDER}/{target.stack}/{target.environment}/"

    def read(self) -> Iterator[Lock]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for key in (entry["Key"] for page in pages for entry in page.get("Contents", ())):
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            yield Lock.parse(key.rsplit("/", 1)[-1].removesuffix(".json"), body)

    def remove(self, lock: Lock) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{lock.id}.json")
