"""What a change of lambda_api's config changes: versions and traffic, never the address that callers hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops.records import Op, Operation, RunRecord
from rehearsal.inventory import Inventory
from tests.worlds import Life, diffs, find_deployment, list_changes, of_type, unprotect

API, DEPLOYMENT, STAGE = (
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/deployment:Deployment",
    "aws:apigateway/stage:Stage",
)
FUNCTION, LAYER, ALIAS = (
    "aws:lambda/function:Function",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:lambda/alias:Alias",
)
PERMISSION, TARGET = "aws:lambda/permission:Permission", "aws:appautoscaling/target:Target"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
DOMAIN, MAPPING = "aws:apigateway/domainName:DomainName", "aws:apigateway/basePathMapping:BasePathMapping"
NEW_MODEL = {
    "release.model_version": "1.1.0",
    "release.artefact": "s3://inference-artefacts-123456789012/digits/1.1.0/lambda-model.zip",
    "release.artefact_digest": "sha256:" + "5" * 64,
    "function.model_sha256": "6" * 64,
}
CANARY = {**NEW_MODEL, "release.strategy": "canary", "release.steps": {"percent": 10}, "function.live_version": "1"}


def inputs(record: RunRecord, resource_type: str) -> dict[str, object]:
    (step,) = of_type(record, resource_type)
    return step.inputs


def test_versions_that_callers_may_be_sent_back_to_keep_their_layers() -> None:
    layers = of_type(find_deployment("lambda_api/prod"), LAYER)

    assert [layer.inputs["skipDestroy"] for layer in layers] == [True, True]


def test_a_new_model_is_a_new_version_behind_the_same_address(deployed: Callable[[str], Life]) -> None:
    model = deployed("lambda_api/prod").run(Operation.PREVIEW, NEW_MODEL)
    assert list_changes(model) == {
        f"{LAYER} model-model": Op.REPLACE,
        f"{FUNCTION} model-function": Op.UPDATE,
        f"{ALIAS} model-live": Op.UPDATE,
    }
    assert set(diffs(model, ALIAS)) == {"functionVersion"}


def test_a_canary_sends_its_share_to_the_newest_version(rehearse: Callable[[str], Life]) -> None:
    """The alias stays where it is, with its warm copies: Lambda refuses weights on it. The stage splits."""
    life = rehearse("lambda_api/prod")
    before = life.deployed
    assert before.outputs["api_endpoint"].endswith("/prod/inference")
    assert inputs(before, ALIAS)["functionVersion"] == "1"

    begun = life.run(Operation.UPDATE, CANARY)
    assert list_changes(begun) == {
        f"{LAYER} model-model": Op.REPLACE,
        f"{FUNCTION} model-function": Op.UPDATE,
        f"{PERMISSION} stage-may-invoke-canary": Op.CREATE,
        f"{STAGE} stage-stage": Op.UPDATE,
    }
    assert inputs(begun, ALIAS)["functionVersion"] == "1"
    settings = inputs(begun, STAGE)["canarySettings"]
    assert isinstance(settings, dict)
    assert settings["percentTraffic"] == 10
    assert settings["stageVariableOverrides"] == {"qualifier": "2"}

    promoted = life.run(Operation.UPDATE, NEW_MODEL)
    assert list_changes(promoted) == {
        f"{PERMISSION} stage-may-invoke-canary": Op.DELETE,
        f"{ALIAS} model-live": Op.UPDATE,
        f"{STAGE} stage-stage": Op.UPDATE,
    }
    assert "canarySettings" not in inputs(promoted, STAGE)
    assert inputs(promoted, ALIAS)["functionVersion"] == "2"
    assert promoted.outputs["api_endpoint"] == before.outputs["api_endpoint"]

    back = life.run(Operation.UPDATE, {**NEW_MODEL, "function.live_version": "1"})
    assert list_changes(back) == {f"{ALIAS} model-live": Op.UPDATE}
    assert inputs(back, ALIAS)["functionVersion"] == "1"


def test_a_name_of_ones_own(deployed: Callable[[str], Life]) -> None:
    """The answers come under the name alone; who has still to move keeps the old address until the next commit."""
    life = deployed("lambda_api/dev")
    name: dict[str, object] = {"domain": "inference.example.com", "hosted_zone_id": "Z0123456789EXAMPLE00"}
    named = life.run(Operation.PREVIEW, {"api.name": name}, judged=True)
    assert named.findings == ()
    assert named.outputs["endpoint_url"] == "https://inference.example.com/inference"
    assert inputs(named, API)["disableExecuteApiEndpoint"] is True
    assert list_changes(named)[f"{DEPLOYMENT} stage-deployment"] is Op.REPLACE, (
        "only a deployment switches the address off"
    )
    domain = inputs(named, DOMAIN)
    assert (domain["securityPolicy"], domain["endpointAccessMode"]) == ("SecurityPolicy_TLS13_1_2_2021_06", "STRICT")
    (record,) = [step for step in of_type(named, "aws:route53/record:Record") if step.name == "stage-name-record"]
    assert any("BasePathMapping" in urn for urn in record.depends_on), "a name that leads to no stage answers 403"
    made = {kind.split(" ")[0] for kind, op in list_changes(named).items() if op is Op.CREATE}
    assert made >= {DOMAIN, MAPPING, "aws:acm/certificate:Certificate", "aws:route53/record:Record"}

    arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    given = {**name, "certificate_arn": arn, "keep_gateway_address": True}
    moving = life.run(Operation.PREVIEW, {"api.name": given})
    assert inputs(moving, DOMAIN)["regionalCertificateArn"] == arn
    assert not of_type(moving, "aws:acm/certificate:Certificate")
    assert "disableExecuteApiEndpoint" not in inputs(moving, API)
    assert f"{DEPLOYMENT} stage-deployment" not in list_changes(moving)
    assert moving.outputs["endpoint_url"] == "https://inference.example.com/inference"


@pytest.mark.soak
def test_a_name_comes_and_goes(rehearse: Callable[[str], Life]) -> None:
    life = rehearse("lambda_api/dev")
    name = {"api.name": {"domain": "inference.example.com", "hosted_zone_id": "Z0123456789EXAMPLE00"}}
    assert life.run(Operation.UPDATE, name).outputs["invoke"]["url"] == "https://inference.example.com/inference"
    assert list_changes(life.run(Operation.DRIFT, name)) == {}
    assert list_changes(life.run(Operation.UPDATE, name)) == {}
    unprotect(life.sandbox.state / ".pulumi" / "stacks" / "lambda_api" / "dev.json")
    assert life.run(Operation.UPDATE).outputs["endpoint_url"] == life.deployed.outputs["endpoint_url"]

    life.run(Operation.UPDATE, name)
    unprotect(life.sandbox.state / ".pulumi" / "stacks" / "lambda_api" / "dev.json")
    life.run(Operation.DESTROY, name)
    left = Inventory(life.sandbox.clouds)
    assert not [entry for kind in (DOMAIN, MAPPING, API) for entry in left.of_type(kind) if ":dev::" in entry.urn]


def test_other_changes_touch_what_they_name(deployed: Callable[[str], Life]) -> None:
    life = deployed("lambda_api/dev")

    memory = life.run(Operation.PREVIEW, {"function.memory_mb": 3008})
    assert list_changes(memory) == {f"{FUNCTION} model-function": Op.UPDATE, f"{ALIAS} model-live": Op.UPDATE}

    scaled = life.run(Operation.PREVIEW, {"scaling.max": 10})
    assert list_changes(scaled) == {f"{TARGET} scaling-target": Op.UPDATE, f"{SCHEDULED} scaling-morning": Op.UPDATE}
    assert diffs(scaled, TARGET) == {"maxCapacity": (8, 10)}
    assert diffs(scaled, SCHEDULED) == {"scalableTargetAction.maxCapacity": (8, 10)}
    assert scaled.scaling_before is not None
    assert scaled.scaling_after is not None
    assert (scaled.scaling_before["max"], scaled.scaling_after["max"]) == (8, 10)

    # a function is in every zone of its region already: what is counted on changes, nothing else
    zone = life.run(Operation.PREVIEW, {"availability.zones": 3, "availability.protected": False})
    assert list_changes(zone) == {}
    assert not any(step.protect for step in zone.steps)
    assert zone.outputs["zones"] == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_a_changed_route_is_deployed_without_a_gap(rehearse: Callable[[str], Life]) -> None:
    """A deployment is a snapshot: the new one is made before the stage moves to it, and the API stays."""
    life = rehearse("lambda_api/dev")
    before = life.deployed

    keyed = life.run(Operation.UPDATE, {"api.auth": "key"})
    found = list_changes(keyed)
    assert found[f"{DEPLOYMENT} stage-deployment"] is Op.REPLACE
    assert found[f"{STAGE} stage-stage"] is Op.UPDATE
    assert found["aws:apigateway/method:Method route-method"] is Op.UPDATE
    assert f"{API} route-api" not in found
    assert keyed.outputs["invoke"]["auth"] == "api_key"
    assert keyed.outputs["invoke"]["key_id"]
    assert keyed.outputs["api_endpoint"] == before.outputs["api_endpoint"]

    unguarded = list_changes(life.run(Operation.PREVIEW, {"api.auth": "key", "api.firewall.enabled": False}))
    assert set(unguarded.values()) == {Op.DELETE}
    assert {name.split(" ")[0] for name in unguarded} == {
        "aws:wafv2/webAcl:WebAcl",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "aws:cloudwatch/logGroup:LogGroup",
    }
