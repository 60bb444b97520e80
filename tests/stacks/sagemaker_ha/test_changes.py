"""What a change of sagemaker_ha's config changes in the clouds, and above all what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

from gitops.records import Op, Operation
from tests.worlds import Life, list_changes, of_type

DIGEST = "sha256:" + "5" * 64
NEW_MODEL = {
    "release.model_version": "1.1.0",
    "release.artefact": "s3://inference-artefacts-123456789012/digits/1.1.0/sagemaker-model.tar.gz",
    "release.artefact_digest": DIGEST,
}
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
TARGET = "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"


def only(found: dict[str, Op], op: Op) -> set[str]:
    return {name.split(" ")[0] for name, kind in found.items() if kind is op}


def test_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("sagemaker_ha/dev")
    regions = ("us-east-1", "us-west-2")

    model = list_changes(life.run(Operation.PREVIEW, NEW_MODEL))
    for region in regions:
        assert model[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.UPDATE
    assert only(model, Op.REPLACE) == {
        "aws:s3/objectCopy:ObjectCopy",
        "aws:sagemaker/model:Model",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    }
    assert only(model, Op.UPDATE) == {ENDPOINT}

    # more instances than the routers may call at once are refused: both move together
    scaled = list_changes(life.run(Operation.PREVIEW, {"scaling.max": 5, "router.reserved_concurrency": 300}))
    router = ("aws:lambda/function:Function {}-router-function", "aws:lambda/alias:Alias {}-router-live")
    routers = {name.format(region) for region in regions for name in router}
    moved = {f"{TARGET} {region}-scaling-target" for region in regions}
    morning = {f"{SCHEDULED} {region}-scaling-morning" for region in regions}
    assert scaled == dict.fromkeys(moved | morning | routers, Op.UPDATE)

    failover = life.run(Operation.PREVIEW, {"routing.policy": "failover"})
    records = [step.inputs for step in of_type(failover, "aws:route53/record:Record") if step.op is Op.UPDATE]
    roles = {record["setIdentifier"]: record["failoverRoutingPolicies"] for record in records}
    assert roles == {"us-east-1": [{"type": "PRIMARY"}], "us-west-2": [{"type": "SECONDARY"}]}

    zone = list_changes(life.run(Operation.PREVIEW, {"availability.zones": 3}))
    for region in regions:
        assert zone[f"aws:lb/loadBalancer:LoadBalancer {region}-front"] is Op.UPDATE
        assert zone[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.UPDATE
    held = {"aws:lb/loadBalancer:LoadBalancer", "aws:lambda/function:Function", "aws:route53/record:Record"}
    assert only(zone, Op.REPLACE) & {*held, ENDPOINT} == set()

    # a second generation of endpoints; the routers are told of it, and were allowed to call it all along
    kind = {"endpoint.instance_type": "ml.c7i.xlarge", "availability.protected": False}
    free = life.run(Operation.PREVIEW, kind)
    assert not any(step.protect for step in free.steps)
    moved = list_changes(free)
    for region in regions:
        assert moved[f"{ENDPOINT} {region}-endpoint-endpoint"] is Op.REPLACE
        assert moved[f"{TARGET} {region}-scaling-target"] is Op.REPLACE
        assert moved[f"aws:lambda/function:Function {region}-router-function"] is Op.UPDATE
        assert moved[f"aws:lambda/alias:Alias {region}-router-live"] is Op.UPDATE
    assert only(moved, Op.REPLACE) & held == set()
    assert "aws:iam/rolePolicy:RolePolicy" not in only(moved, Op.UPDATE)
