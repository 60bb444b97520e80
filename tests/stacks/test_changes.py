"""What a change of the config changes in the clouds, and above all what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

from gitops.records import Op, Operation
from tests.stacks.rehearsal import Rehearsal, changed, diffs

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
Rehearse = Callable[[str], Rehearsal]


def only(found: dict[str, Op], op: Op) -> set[str]:
    return {name.split(" ")[0] for name, kind in found.items() if kind is op}


def test_sagemaker_endpoint(rehearse: Rehearse) -> None:
    life = rehearse("sagemaker_endpoint/dev")
    life.run(Operation.UPDATE)

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
    moved = changed(life.run(Operation.PREVIEW, kind))
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


def test_ecs_service(rehearse: Rehearse) -> None:
    life = rehearse("ecs_service/dev")
    life.run(Operation.UPDATE)
    service, task = "aws:ecs/service:Service service", "aws:ecs/taskDefinition:TaskDefinition service"

    image = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/ecs-service-dev@{DIGEST}"
    released = {"service.image": image, "release.model_version": "1.1.0", "release.artefact_digest": DIGEST}
    model = life.run(Operation.PREVIEW, released)
    assert changed(model) == {task: Op.REPLACE, service: Op.UPDATE}
    assert set(diffs(model, "aws:ecs/service:Service")) == {"taskDefinition"}

    # the number of tasks is the autoscaler's: another minimum leaves the service alone
    scaled = life.run(Operation.PREVIEW, {"scaling.min": 2, "scaling.schedules": {}})
    assert changed(scaled) == {
        f"{TARGET} scaling-target": Op.UPDATE,
        f"{SCHEDULED} scaling-morning": Op.DELETE,
        f"{SCHEDULED} scaling-evening": Op.DELETE,
    }

    # what the morning would take back the next day is told at preview
    raised = {"scaling.max": 5, "scaling.schedules.morning.max": 3}
    capped = life.run(Operation.PREVIEW, raised, judged=True)
    assert [finding.rule for finding in capped.findings] == ["scaling-schedules-reach-the-maximum"]

    zone = changed(life.run(Operation.PREVIEW, {"availability.zones": 3}))
    assert only(zone, Op.CREATE) >= {SUBNET, "aws:ec2/routeTable:RouteTable"}
    assert zone["aws:lb/loadBalancer:LoadBalancer front"] is Op.UPDATE
    assert zone[service] is Op.UPDATE
    assert only(zone, Op.REPLACE) & {"aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"} == set()


def test_a_schedule_that_has_fired_is_drift_and_no_deployment_takes_it_back(rehearse: Rehearse) -> None:
    life = rehearse("ecs_service/dev")
    life.run(Operation.UPDATE)
    (held,) = (path for path in (life.folder / "clouds/aws/appautoscaling.Target").rglob("*") if path.is_file())
    evening = held.read_text(encoding="utf-8").replace('"maxCapacity": 3', '"maxCapacity": 1')
    held.write_text(evening, encoding="utf-8")

    drift = life.run(Operation.DRIFT)
    assert changed(drift) == {f"{TARGET} scaling-target": Op.UPDATE}
    assert diffs(drift, TARGET) == {"maxCapacity": (3, 1)}
    assert changed(life.run(Operation.UPDATE)) == {}
    assert held.read_text(encoding="utf-8") == evening


def test_sagemaker_ha(rehearse: Rehearse) -> None:
    life = rehearse("sagemaker_ha/dev")
    life.run(Operation.UPDATE)
    regions = ("us-east-1", "us-west-2")

    model = changed(life.run(Operation.PREVIEW, NEW_MODEL))
    for region in regions:
        assert model[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.UPDATE
    assert only(model, Op.REPLACE) == {
        "aws:s3/objectCopy:ObjectCopy",
        "aws:sagemaker/model:Model",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }
    assert only(model, Op.UPDATE) == {ENDPOINT}

    scaled = changed(life.run(Operation.PREVIEW, {"scaling.max": 5}))
    moved = {f"{TARGET} {region}-scaling-target" for region in regions}
    morning = {f"{SCHEDULED} {region}-scaling-morning" for region in regions}
    assert scaled == dict.fromkeys(moved | morning, Op.UPDATE)

    zone = changed(life.run(Operation.PREVIEW, {"availability.zones": 3}))
    for region in regions:
        assert zone[f"aws:lb/loadBalancer:LoadBalancer {region}-front"] is Op.UPDATE
        assert zone[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.UPDATE
    held = {"aws:lb/loadBalancer:LoadBalancer", "aws:lambda/function:Function", "aws:route53/record:Record"}
    assert only(zone, Op.REPLACE) & {*held, ENDPOINT} == set()

    # a second generation of endpoints; the routers are told of it, and were allowed to call it all along
    kind = {"endpoint.instance_type": "ml.c7i.xlarge", "availability.protected": False}
    moved = changed(life.run(Operation.PREVIEW, kind))
    for region in regions:
        assert moved[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.REPLACE
        assert moved[f"{TARGET} {region}-scaling-target"] is Op.REPLACE
        assert moved[f"aws:lambda/function:Function {region}-router-function"] is Op.UPDATE
        assert moved[f"aws:lambda/alias:Alias {region}-router-live"] is Op.UPDATE
    assert only(moved, Op.REPLACE) & held == set()
    assert "aws:iam/rolePolicy:RolePolicy" not in only(moved, Op.UPDATE)
