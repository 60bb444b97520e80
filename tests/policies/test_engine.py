"""The pack under the real engine, which starts it as it would for anybody, against the rehearsal clouds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitops.checkout.targets import discover
from gitops.engine.install import Engine
from gitops.engine.pool import Pool
from gitops.records import Level, Operation, RunRecord, Severity, SourceLine
from gitops.run import Run, Sandbox, perform

PACK = Path(__file__).parents[2] / "policies"
PROGRAM = """
    import pulumi_aws as aws

    cluster = aws.ecs.Cluster("cluster", settings=[{"name": "containerInsights", "value": "enhanced"}])
    target = aws.appautoscaling.Target(
        "target",
        min_capacity=1,
        max_capacity=4,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=cluster.name.apply(lambda name: f"service/{name}/web"),
    )
    aws.appautoscaling.Policy(
        "policy",
        policy_type="TargetTrackingScaling",
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        service_namespace=target.service_namespace,
        target_tracking_scaling_policy_configuration={
            "target_value": 60,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            "scale_in_cooldown": 300,
            "scale_out_cooldown": 60,
        },
    )
    aws.s3.Bucket("open", acl="public-read")
"""

EXEMPTION = """exemptions:
  - resource: urn:pulumi:prod::web::aws:s3/bucket:Bucket::open
    rule: storage-bucket-blocks-public-access
    reason: It holds nothing.
    owner: ml-platform
    expires: {until}
"""


@pytest.fixture(scope="module")
def judged(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RunRecord]:
    records: dict[str, RunRecord] = {}

    def preview(environment: str) -> RunRecord:
        if environment not in records:
            root = tmp_path_factory.mktemp(environment)
            folder = root / "stacks" / "web"
            folder.mkdir(parents=True)
            (folder / "Pulumi.yaml").write_text("name: web\nruntime: python\n")
            (folder / "__main__.py").write_text("\n".join(line[4:] for line in PROGRAM.splitlines()))
            (folder / f"Pulumi.{environment}.yaml").write_text("config:\n  aws:region: us-east-1\n")
            pack = shutil.copytree(PACK, root / "policies", ignore=shutil.ignore_patterns("__pycache__"))
            (pack / "exemptions.yaml").write_text(EXEMPTION.format(until=datetime.now(UTC).date()))
            run = Run(root=root, engine=engine, pool=Pool(1), sandbox=Sandbox(root / "sandbox"), seconds=120)
            [target] = discover(root)
            records[environment] = perform(run, [target], Operation.PREVIEW, lambda _: None)[target]
        return records[environment]

    return preview


def levels(record: RunRecord) -> dict[str, Level]:
    return {finding.rule: finding.level for finding in record.findings}


def test_findings_of_both_kinds_of_rules_reach_the_report(judged: Callable[[str], RunRecord]) -> None:
    found = levels(judged("prod"))

    assert found["scaling-target-keeps-two"] is Level.MANDATORY
    assert found["storage-bucket-has-no-public-acl"] is Level.MANDATORY


def test_more_than_the_engines_events_hold_reaches_the_report(judged: Callable[[str], RunRecord]) -> None:
    record = judged("prod")
    grave = {finding.rule: finding.severity for finding in record.findings}
    [exemption] = record.exemptions

    assert grave["storage-bucket-has-no-public-acl"] is Severity.CRITICAL
    assert "storage-bucket-blocks-public-access" not in grave
    assert (exemption.rule, exemption.owner) == ("storage-bucket-blocks-public-access", "ml-platform")
    assert exemption.source == SourceLine(file="policies/exemptions.yaml", line=2)


def test_level_is_the_environments(judged: Callable[[str], RunRecord]) -> None:
    assert "scaling-target-keeps-two" not in levels(judged("dev"))
    assert levels(judged("dev"))["storage-bucket-has-no-public-acl"] is Level.MANDATORY


def test_relation_holds_at_preview_while_the_name_is_unknown(judged: Callable[[str], RunRecord]) -> None:
    assert "scaling-target-has-a-policy" not in levels(judged("prod"))
