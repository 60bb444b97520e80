"""What a change of ecs_service's config changes in the clouds, and above all what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

from gitops.records import Op, Operation
from tests.stacks.order import too_early
from tests.worlds import Life, diffs, list_changes, of_type

DIGEST = "sha256:" + "5" * 64
TARGET = "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
SUBNET = "aws:ec2/subnet:Subnet"
POLICY, ALARM = "aws:appautoscaling/policy:Policy", "aws:cloudwatch/metricAlarm:MetricAlarm"


def only(found: dict[str, Op], op: Op) -> set[str]:
    return {name.split(" ")[0] for name, kind in found.items() if kind is op}


def test_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("ecs_service/dev")
    service, task = "aws:ecs/service:Service service", "aws:ecs/taskDefinition:TaskDefinition service"

    image = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/ecs-service-dev@{DIGEST}"
    released = {"service.image": image, "release.model_version": "1.1.0", "release.artefact_digest": DIGEST}
    model = life.run(Operation.PREVIEW, released)
    assert list_changes(model) == {task: Op.REPLACE, service: Op.UPDATE}
    assert set(diffs(model, "aws:ecs/service:Service")) == {"taskDefinition"}

    check_shift_by_canary(life)
    check_preparation(life)
    without_gateways(life)

    # the number of tasks is the autoscaler's: another minimum leaves the service alone
    scaled = life.run(Operation.PREVIEW, {"scaling.min": 2, "scaling.schedules": {}})
    assert list_changes(scaled) == {
        f"{TARGET} scaling-target": Op.UPDATE,
        f"{SCHEDULED} scaling-morning": Op.DELETE,
        f"{SCHEDULED} scaling-evening": Op.DELETE,
    }

    # what the morning would take back the next day is told at preview
    raised = {"scaling.max": 5, "scaling.schedules.morning.max": 3}
    capped = life.run(Operation.PREVIEW, raised, judged=True)
    assert [finding.rule for finding in capped.findings] == ["scaling-schedules-reach-the-maximum"]

    free = life.run(Operation.PREVIEW, {"availability.zones": 3, "availability.protected": False})
    assert not any(step.protect for step in free.steps)
    zone = list_changes(free)
    assert only(zone, Op.CREATE) >= {SUBNET, "aws:ec2/routeTable:RouteTable"}
    assert zone["aws:lb/loadBalancer:LoadBalancer front"] is Op.UPDATE
    assert zone[service] is Op.UPDATE
    assert only(zone, Op.REPLACE) & {"aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"} == set()


def check_shift_by_canary(life: Life) -> None:
    """Nothing that callers reach is touched, the pack has nothing to say, and what watches one group watches two."""
    steps = {"percent": 10, "wait": 300, "bake": 600}
    canary = life.run(Operation.PREVIEW, {"release.strategy": "canary", "release.steps": steps}, judged=True)
    assert canary.findings == ()
    assert only(list_changes(canary), Op.REPLACE) | only(list_changes(canary), Op.DELETE) == set()
    assert not {name for name in list_changes(canary) if name.startswith(("aws:lb/listener:", "aws:lb/loadBalancer:"))}
    assert too_early(canary.steps) == []

    (rolling,) = of_type(life.deployed, "aws:ecs/service:Service")
    assert rolling.inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}, "unsaid, a shift would go on"
    (service,) = of_type(canary, "aws:ecs/service:Service")
    assert service.inputs["deploymentConfiguration"] == {
        "strategy": "CANARY",
        "bakeTimeInMinutes": "10",
        "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": "5"},
    }
    assert "deploymentCircuitBreaker" not in service.inputs, "it is for rolling updates alone"
    assert [name.removeprefix("ecs-service-dev-") for name in service.inputs["alarms"]["alarmNames"]] == [
        *("errors", "unanswered", "latency"),
        *("errors-alternate", "latency-alternate"),
    ]
    tracked = [step.inputs["targetTrackingScalingPolicyConfiguration"] for step in of_type(canary, POLICY)]
    (sums,) = [each["customizedMetricSpecification"] for each in tracked if "customizedMetricSpecification" in each]
    assert [query.get("expression") for query in sums["metrics"]] == ["part0 + part1", None, None]
    assert [query["returnData"] for query in sums["metrics"]] == [True, False, False]
    (empty,) = [step for step in of_type(canary, ALARM) if step.name == "service-empty"]
    assert len(empty.inputs["metricQueries"]) == 3, "one group is always empty"


def check_preparation(life: Life) -> None:
    """The step on either side of a shift: ECS is told of both groups, and goes on rolling."""
    rolling = life.run(Operation.PREVIEW, {"service.second_group": True}, judged=True)
    assert rolling.findings == ()
    assert only(list_changes(rolling), Op.REPLACE) | only(list_changes(rolling), Op.DELETE) == set()
    (service,) = of_type(rolling, "aws:ecs/service:Service")
    assert service.inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}
    assert "advancedConfiguration" in service.inputs["loadBalancers"][0]
    assert service.inputs["deploymentCircuitBreaker"]["enable"] is True


def without_gateways(life: Life) -> None:
    """The ways to the registry, its layers and the logs take the gateways' place; nothing that serves is touched."""
    private = life.run(Operation.PREVIEW, {"network.nat": "none"}, judged=True)
    assert private.findings == ()
    ways = {step.name.split(".", 3)[-1]: step.inputs for step in of_type(private, "aws:ec2/vpcEndpoint:VpcEndpoint")}
    assert {name: way["vpcEndpointType"] for name, way in ways.items()} == {
        "s3": "Gateway",
        **dict.fromkeys(("ecr.api", "ecr.dkr", "logs"), "Interface"),
    }
    assert all(ways[name]["privateDnsEnabled"] for name in ways if name != "s3")
    found = list_changes(private)
    assert {"aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"} <= only(found, Op.DELETE)
    assert not {name for name in found if name.startswith(("aws:ecs/", "aws:lb/"))}


def test_a_schedule_that_has_fired_is_drift_and_no_deployment_takes_it_back(rehearse: Callable[[str], Life]) -> None:
    life = rehearse("ecs_service/dev")
    (scaled,) = of_type(life.deployed, TARGET)
    every = (path for path in (life.sandbox.clouds / "aws/appautoscaling.Target").rglob("*") if path.is_file())
    (held,) = (path for path in every if scaled.inputs["resourceId"] in path.read_text(encoding="utf-8"))
    evening = held.read_text(encoding="utf-8").replace('"maxCapacity": 3', '"maxCapacity": 1')
    held.write_text(evening, encoding="utf-8")

    drift = life.run(Operation.DRIFT)
    assert list_changes(drift) == {f"{TARGET} scaling-target": Op.UPDATE}
    assert diffs(drift, TARGET) == {"maxCapacity": (3, 1)}
    assert list_changes(life.run(Operation.UPDATE)) == {}
    assert held.read_text(encoding="utf-8") == evening
