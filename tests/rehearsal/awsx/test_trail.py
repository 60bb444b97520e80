"""What awsx:cloudtrail:Trail makes."""

from __future__ import annotations

from tests.rehearsal.awsx.harness import Bench, children, names
from tests.rehearsal.awsx.recorder import Recorder


def test_trail_has_a_bucket_and_may_have_a_log_group(bench: Bench, aws: Recorder) -> None:
    found = children(
        bench,
        aws,
        'awsx.cloudtrail.Trail("plain", s3_bucket={"existing": {"name": "mine"}})',
        'awsx.cloudtrail.Trail("logged", cloud_watch_logs_group={"enable": True, "args": {"retention_in_days": 7}})',
    )
    assert names(found, "Bucket") == names(found, "LogGroup") == names(found, "Role") == ["logged"]
    assert found["Trail plain"] == {"s3BucketName": "mine"}
    assert found["BucketPolicy plain"]["policy"]["Statement"][1]["Resource"] == ["arn:aws:::mine/*"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:logged"
    assert found["Trail logged"]["cloudWatchLogsGroupArn"] == f"{group}:*"
    assert found["Trail logged"]["cloudWatchLogsRoleArn"] == "arn:aws:x:logged"
    assert f"{group}:log-stream:123456789012_CloudTrail_*" in found["Role logged"]["inlinePolicies"][0]["policy"]
