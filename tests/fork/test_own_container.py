"""A container of one's own and a model of many gigabytes, as each backend that carries them is asked for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.targets import Target
from gitops.records import Level, Operation, RunRecord
from gitops.run import Sandbox, serve_clouds
from tests.shared.test_container import AZURE, AZURE_FOLDER, ECS, FOLDER, GPU, SINGLE, TOML
from tests.stacks import configs
from tests.worlds import ROOT, begin, of_type

PORT, PATHS = "port = 8080", {"/ping": "/v2/health/ready", "/invocations": "/v2/models/chat/infer"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CHANGES: Mapping[str, Mapping[str, Any]] = {
    SINGLE: {**FOLDER, **GPU, "endpoint.model_key_arn": KEY},
    ECS: {**FOLDER, "release.model_mb": 16_000, "service.disk_gb": 36},
    AZURE: AZURE_FOLDER,
}


def deploy(folder: Path, stack: str, description: str) -> RunRecord:
    """A judged deployment of the stack's prod in a checkout whose model is that of the description."""
    root = folder / "checkout"
    (root / "model").mkdir(parents=True)
    for room in ("serving", "shared", "policies"):
        (root / room).symlink_to(ROOT / room)
    (root / "model" / "model.toml").write_text(description, encoding="utf-8")
    values = configs.config(f"{stack}/prod")
    for path, value in CHANGES[stack].items():
        block, key = path.split(".", 1)
        values[f"{stack}:{block}"][key] = value
    configs.write_target(root, f"{stack}/prod", values)
    run = begin(root, Sandbox(folder / "sandbox"))
    with serve_clouds(run) as served:
        (record,) = served.pool.run([served.job(Target(stack, "prod"), Operation.UPDATE)])
    assert record.error is None, record.error
    assert [finding for finding in record.findings if finding.level is Level.MANDATORY] == []
    return record


@pytest.mark.slow("an engine deploys a stack of a checkout with another model")
@pytest.mark.parametrize(
    "stack",
    [
        pytest.param(stack, marks=[] if stack == ECS else [pytest.mark.soak])
        for stack in CHANGES
        if stack in configs.STACKS
    ],
)
def test_the_backend_is_asked_for_it(stack: str, tmp_path: Path) -> None:
    text = TOML
    if stack != SINGLE:
        for old, new in PATHS.items():
            text = text.replace(old, new)
        text = text.replace(PORT, "port = 8000")
    if stack == ECS:
        text = text.replace("gpu", "cpu")

    made = deploy(tmp_path, stack, text)

    CHECKS[stack](made)


def of_sagemaker(made: RunRecord) -> None:
    (model,) = of_type(made, "aws:sagemaker/model:Model")
    container = model.inputs["primaryContainer"]
    (source,) = container["modelDataSource"]["s3DataSources"]
    assert source == {"compressionType": "None", "s3DataType": "S3Prefix", "s3Uri": FOLDER["release.artefact"]}
    assert "modelDataUrl" not in container
    assert of_type(made, "aws:s3/objectCopy:ObjectCopy") == []
    (policy,) = (p for p in of_type(made, "aws:iam/rolePolicy:RolePolicy") if p.name == "served-execution-policy")
    granted = {tuple(each["Action"]): each["Resource"] for each in json.loads(policy.inputs["policy"])["Statement"]}
    assert granted["s3:GetObject",] == ["arn:aws:s3:::models-123/chat/1.0.0/555555555555/*"]
    assert granted["kms:Decrypt",] == [KEY]


def of_ecs(made: RunRecord) -> None:
    (task,) = of_type(made, "aws:ecs/taskDefinition:TaskDefinition")
    (container,) = json.loads(task.inputs["containerDefinitions"])
    assert task.inputs["ephemeralStorage"] == {"sizeInGib": 36}
    assert {"name": "MODEL_URI", "value": FOLDER["release.artefact"]} in container["environment"]
    assert container["portMappings"][0]["containerPort"] == 8000
    assert "healthCheck" not in container
    (group,) = of_type(made, "aws:lb/targetGroup:TargetGroup")
    assert (group.inputs["port"], group.inputs["healthCheck"]["path"]) == (8000, "/v2/health/ready")
    (policy,) = (p for p in of_type(made, "aws:iam/rolePolicy:RolePolicy") if p.name == "service-roles-model")
    assert "arn:aws:s3:::models-123/chat/1.0.0/555555555555/*" in policy.inputs["policy"]
    assert made.outputs["endpoint_url"].endswith("/v2/models/chat/infer")


def of_azure(made: RunRecord) -> None:
    ml = "azure-native:machinelearningservices"
    (slot,) = of_type(made, f"{ml}:OnlineDeployment")
    (environment,) = of_type(made, f"{ml}:EnvironmentVersion")
    (model,) = of_type(made, f"{ml}:ModelVersion")
    assert slot.inputs["properties"].get("codeConfiguration") is None
    assert slot.inputs["properties"]["instanceType"] == "Standard_NC24ads_A100_v4"
    scoring = environment.inputs["properties"]["inferenceConfig"]["scoringRoute"]
    assert scoring == {"path": "/v2/models/chat/infer", "port": 8000}
    assert model.inputs["properties"]["modelUri"].endswith("/datastores/models/paths/chat/1.0.0/555555555555/")


CHECKS = {SINGLE: of_sagemaker, ECS: of_ecs, AZURE: of_azure}
