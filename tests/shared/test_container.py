"""A container of one's own, and models too large to be packed: which backend carries which, before an engine starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from shared.checks import COMMON
from shared.container import Chip, Container, read_container
from shared.validate import load_settings
from tests.shared.configs import ROOT, STACKS, Config
from tests.shared.test_contradictions import found, objectors

Objections = Callable[[str, Mapping[str, Any], str], dict[str, str]]

TOML = """
name = "chat"
version = "1.0.0"
inputs = [{name = "prompt"}]
outputs = [{name = "text"}]
canary = {instance = 1, answer = {text = 2}}
[container]
port = 8080
health = "/ping"
ready = "/ping"
predict = "/invocations"
chip = "gpu"
slowest_seconds = 25
"""
DIGEST = "sha256:" + "5" * 64
ALL = ECS, SINGLE, HA, API, AZURE = (
    "ecs_service",
    "sagemaker_endpoint",
    "sagemaker_ha",
    "lambda_api",
    "azureml_endpoint",
)
FOLDER = {"release.artefact": "s3://models-123/chat/1.0.0/555555555555/", "release.artefact_digest": DIGEST}
AZURE_FOLDER = {
    "release.artefact": "azureml://datastores/models/paths/chat/1.0.0/555555555555/",
    "release.artefact_digest": DIGEST,
    "release.code": None,
    "release.code_digest": None,
    "release.instance_type": "Standard_NC24ads_A100_v4",
    "rollout.standby": None,
    "rollout.traffic": {"blue": 100},
    "release.model_mb": 16_000,
    "endpoint.timeout_seconds": 60,
}
GPU = {"endpoint.instance_type": "ml.g5.2xlarge", "release.model_mb": 16_000}
CPU = 'chip = "cpu"'
SHADOW = {
    "model_version": "2.0.0",
    "artefact": "s3://models-123/chat/2.0.0.tar.gz",
    "artefact_digest": DIGEST,
    "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/chat@{DIGEST}",
    "instance_type": "ml.c7i.large",
    "instances": 1,
    "percent": 25,
}


def describe(folder: Path, text: str) -> Path:
    file = folder / "model" / "model.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def with_line(line: str) -> str:
    """The description with another line for the key that the line sets."""
    key = line.split(" ")[0]
    return "\n".join([*(old for old in TOML.splitlines() if not key or not old.startswith(f"{key} ")), line])


@pytest.fixture
def objections(tmp_path: Path) -> Objections:
    """What is wrong with a stack's prod config, changed, when the text describes the model: key → sentences."""

    def ask(stack: str, changes: Mapping[str, Any], text: str) -> dict[str, str]:
        config = Config(stack)
        config.model = describe(tmp_path, text)
        return found(config, dict(changes), tmp_path)

    return ask


@pytest.mark.parametrize(
    ("stack", "changes", "old", "new"),
    [
        (SINGLE, {**FOLDER, **GPU}, "", ""),
        (HA, {**GPU, "release.model_mb": 5000}, "", ""),
        (ECS, {**FOLDER, "release.model_mb": 16_000, "service.disk_gb": 36}, "gpu", "cpu"),
        (AZURE, AZURE_FOLDER, "port = 8080", "port = 8000"),
    ],
)
def test_what_fits_is_accepted(stack: str, changes: dict[str, Any], old: str, new: str, objections: Objections) -> None:
    assert objections(stack, changes, TOML.replace(old, new)) == {}


CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    (API, {}, CPU, "release.artefact", "this backend runs the app in serving/ only"),
    (ECS, {}, 'chip = "gpu"', "release.artefact", "a backend with gpu"),
    (HA, GPU, "slowest_seconds = 28", "release.artefact", "at most 27 for container.slowest_seconds"),
    (SINGLE, GPU, 'predict = "/predict"', "endpoint.image", "/invocations for container.predict"),
    (SINGLE, GPU, "port = 8000", "endpoint.image", "8080 for container.port"),
    (SINGLE, {}, CPU.replace("cpu", "gpu"), "endpoint.instance_type", "a type with gpu"),
    (SINGLE, GPU, CPU, "endpoint.instance_type", "a type with cpu"),
    (SINGLE, {**GPU, "endpoint.shadow": SHADOW}, "", "endpoint.shadow.instance_type", "a type with gpu"),
    (SINGLE, {"release.model_mb": 31_000}, CPU, "endpoint.volume_gb", "at least 31"),
    (SINGLE, {**GPU, "release.model_mb": 512_001}, "", "release.model_mb", "at most 512000"),
    (SINGLE, {**GPU, **FOLDER, "release.model_mb": None}, "", "release.model_mb", "MB of the folder"),
    (SINGLE, {**GPU, **FOLDER, "release.artefact": "s3://m-1/chat/1/"}, "", "release.artefact", "pinned by its name"),
    (HA, {**GPU, **FOLDER}, "", "release.artefact", "one region of the two"),
    (ECS, {**FOLDER, "release.model_mb": 16_000}, CPU, "service.disk_gb", "at least 36: the model and 20"),
    (
        ECS,
        {"release.artefact": "s3://models-123/chat/model.onnx"},
        CPU,
        "release.artefact",
        "`s3://…/` for a container",
    ),
    (AZURE, {**AZURE_FOLDER, "release.instance_type": "Standard_F4s_v2"}, "", "release.instance_type", "with gpu"),
    (AZURE, {**AZURE_FOLDER, "endpoint.timeout_seconds": 20}, "", "endpoint.timeout_seconds", "at least 25"),
    (AZURE, {**AZURE_FOLDER, "release.code_digest": DIGEST}, "", "release.code_digest", "as release.code"),
    (AZURE, {}, CPU, "release.code", "the container of model/model.toml answers"),
]


@pytest.mark.parametrize(("stack", "changes", "line", "key", "says"), CASES)
def test_what_does_not_fit_is_refused_by_name(
    stack: str,
    changes: dict[str, Any],
    line: str,
    key: str,
    says: str,
    objections: Objections,
) -> None:
    said = objections(stack, changes, with_line(line))

    assert says in said.get(key, ""), said


@pytest.mark.parametrize(
    ("stack", "changes", "key", "says"),
    [
        (SINGLE, {**FOLDER, "release.model_mb": 900}, "release.artefact", "loads one ONNX file"),
        (
            SINGLE,
            {"endpoint.instance_type": "ml.inf2.xlarge"},
            "endpoint.instance_type",
            "cpu, which the app in serving/",
        ),
        (AZURE, {"release.instance_type": "Standard_NC6s_v3"}, "release.instance_type", "a type with cpu"),
        (AZURE, {"release.code": None}, "release.code", "the folder with score.py"),
    ],
)
def test_without_a_container_the_app_serves_one_file_on_a_processor(
    stack: str, changes: dict[str, Any], key: str, says: str, objections: Objections
) -> None:
    said = objections(stack, changes, 'name = "digits"')

    assert says in said.get(key, ""), said


def test_the_description_is_typed(tmp_path: Path) -> None:
    read = read_container(describe(tmp_path, TOML))

    assert read == Container(
        port=8080, health="/ping", ready="/ping", predict="/invocations", chip=Chip.GPU, slowest_seconds=25
    )
    assert read_container(describe(tmp_path, 'name = "digits"')) is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("port = 8080", "", r"model/model\.toml: container\.port: field required"),
        ("port = 8080", "port = 80", r"container\.port: input should be greater"),
        ('predict = "/invocations"', 'predict = "invocations"', r"container\.predict: string should match"),
        ("port = 8080", 'image = "latest"\nport = 8080', r"container\.image: string should match"),
        ('chip = "gpu"', 'chip = "tpu"', r"container\.chip: input should be 'cpu'"),
        ("port = 8080", "port = 8080\nports = 1", r"container\.ports: extra inputs"),
    ],
)
def test_a_mistake_in_it_names_file_and_key(old: str, new: str, says: str, tmp_path: Path) -> None:
    text = TOML.replace(old, new)

    with pytest.raises(ValueError, match=says):
        read_container(describe(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"), [("name = ", "no TOML: Invalid value"), (None, r"cannot be read \(No such file or directory\)")]
)
def test_a_description_that_cannot_be_read_is_named(text: str | None, says: str, tmp_path: Path) -> None:
    file = describe(tmp_path, text or "")
    if text is None:
        file.unlink()

    with pytest.raises(ValueError, match=rf"^model/model\.toml: {says}"):
        read_container(file)


def test_every_check_of_a_container_has_a_case(tmp_path: Path) -> None:
    stacks = {stack: load_settings(ROOT / "stacks" / stack) for stack in STACKS if stack in ALL}
    silent = {
        c for stack in stacks.values() for c in (*COMMON, *stack.checks) if "container" in signature(c).parameters
    }
    for stack, changes, line, _, _ in CASES:
        container = read_container(describe(tmp_path, with_line(line)))
        if stack in stacks:
            silent -= objectors(stacks[stack], Config(stack), changes, container)
    assert len(stacks) < len(ALL) or {check.__name__ for check in silent} == set()
