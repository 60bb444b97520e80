"""What a page says empties a bucket does: one whose objects have versions refuses to go while it has a single one."""

from __future__ import annotations

import re
import sys

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.worlds import ROOT


def test_a_bucket_with_versions_is_emptied_by_the_pages_command(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"python -c '(import boto3[^']*)' BUCKET", page)
    monkeypatch.setattr(sys, "argv", ["-c", "models"])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="models")
        s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
        for body in (b"one", b"two"):
            s3.put_object(Bucket="models", Key="model.onnx", Body=body)
        s3.delete_object(Bucket="models", Key="model.onnx")  # what `aws s3 rm` does
        with pytest.raises(ClientError, match="BucketNotEmpty"):
            s3.delete_bucket(Bucket="models")

        exec(command)  # noqa: S102 - the page's own line

        s3.delete_bucket(Bucket="models")
