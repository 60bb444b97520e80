"""What a change of sagemaker_endpoint's config changes in the clouds, and above all what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

from gitops.records import Op, Operation
from tests.worlds import Life, changed, diffs

DIGEST = "sha256:" + "5" * 64
NEW_MODEL = {
    "release.model_version": "1.1.0",
    "release.artefact": "s3://inference-artefacts-123456789012/digits/1.1.0/sagemaker-model.tar.gz",
    "release.artefact_digest": DIGEST,
}
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
TARGET = "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
SUBNET = "aws:ec2/subnet:Subnet"


def only(found: dict[str, Op], op: Op) -> set[str]:
    return {name.split(" ")[0] for name, kind in found.items() if kind is op}


def test_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("sagemaker_endpoint/dev")

    model = life.run(Operation.PREVIEW, NEW_MODEL)
    assert changed(model) == {
        "aws:s3/objectCopy:ObjectCopy artefact-model": Op.REPLACE,
        "aws:sagemaker/model:Model served-model": Op.REPLACE,
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration served-config": Op.REPLACE,
        f"{ENDPOINT} endpoint-endpoint": Op.UPDATE,
    }
    assert set(diffs(model, ENDPOINT)) == {"endpointConfigName"}

    # an endpoint that is scaled refuses another type, so there is a second one, and all that names it follows
    kind = {"endpoint.instance_type": "ml.c7i.xlarge", "availability.protected": False}
    free = life.run(Operation.PREVIEW, kind)
    assert not any(step.protect for step in free.steps)
    moved = changed(free)
    assert moved[f"{ENDPOINT} endpoint-endpoint"] is Op.REPLACE
    assert moved[f"{TARGET} scaling-target"] is Op.REPLACE
    assert moved["aws:ssm/parameter:Parameter caller-endpoint-name"] is Op.UPDATE
    replaced = only(moved, Op.REPLACE)
    assert replaced == {
        ENDPOINT,
        TARGET,
        "aws:appautoscaling/policy:Policy",
        SCHEDULED,
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }

    scaled = life.run(Operation.PREVIEW, {"scaling.max": 5})
    # the morning's schedule has no maximum of its own, so it must not set the old one the next day
    assert changed(scaled) == {f"{TARGET} scaling-target": Op.UPDATE, f"{SCHEDULED} scaling-morning": Op.UPDATE}
    assert diffs(scaled, TARGET) == {"maxCapacity": (3, 5)}
    assert diffs(scaled, SCHEDULED) == {"scalableTargetAction.maxCapacity": (3, 5)}
    assert scaled.scaling_before is not None
    assert scaled.scaling_after is not None
    assert (scaled.scaling_before["max"], scaled.scaling_after["max"]) == (3, 5)

    zone = changed(life.run(Operation.PREVIEW, {"availability.zones": 3}))
    assert zone[f"{SUBNET} network-private-us-east-1c"] is Op.CREATE
    assert zone[f"{ENDPOINT} endpoint-endpoint"] is Op.UPDATE
    assert only(zone, Op.REPLACE) == {
        "aws:sagemaker/model:Model",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }
