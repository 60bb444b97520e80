"""Somebody else's repository: its own stack, no file of ours but the pack, published as the engine publishes one.

`pulumi policy publish` packs a folder under `package/`, and whoever requires the pack has it unpacked into
`policies/<organisation>/pulumi-analyzer-<name>-v<version>` (sdk/go/common/workspace/plugins.go, GetPolicyPath), with a
virtual environment in its PulumiPolicy.yaml (pkg/backend/httpstate/policypack.go). So it is here.

The engine is asked as anybody would ask it (the Automation API's `policy_packs` and `policy_pack_configs`), by a
process that imports nothing of this repository. The clouds are stand-ins, because the test has no account.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import clouds
from gitops.engine.environment import ANALYZER
from gitops.engine.install import Engine
from policies.pack import NAME, VERSION

PACK = Path(__file__).parents[2] / "policies"
FOLDER = f".pulumi/policies/acme/pulumi-analyzer-{NAME}-v{VERSION}"
RUNTIME = "runtime:\n  name: python\n  options:\n    virtualenv: venv\n"
NODE = "scaling-target-keeps-two"
PROGRAM = """
import pulumi, pulumi_aws as aws

kept = pulumi.ResourceOptions(protect=True)
canary = pulumi.ResourceOptions(ignore_changes=["[policy:scaling-target-keeps-two] the canary may be down at night"])
for name, options in (("main", None), ("canary", canary), ("spare", None), ("old", None)):
    target = aws.appautoscaling.Target(
        name, min_capacity=int(pulumi.Config().get("least") or 1), max_capacity=4, service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount", resource_id=f"service/site/{name}", opts=options,
    )
    aws.appautoscaling.Policy(
        name, policy_type="TargetTrackingScaling", service_namespace="ecs",
        scalable_dimension=target.scalable_dimension, resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration={
            "target_value": 60,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
        },
    )
pulumi.export("rotates", aws.kms.Key("key", tags={"team": "search"}, opts=kept).enable_key_rotation)
"""
DRIVER = """
import json, os, runpy, sys
from pulumi import automation as auto

operation, folder, settings, pack = sys.argv[1:5]
stack = auto.create_or_select_stack(
    "live-eu", project_name="search", program=lambda: runpy.run_path(f"{folder}/__main__.py", run_name="__main__"),
    opts=auto.LocalWorkspaceOptions(work_dir=folder),
)
told, packs = [], {"policy_packs": [pack]}
if settings:
    packs["policy_pack_configs"] = [settings]

def listen(event):
    if found := event.policy_event:
        name = found.resource_urn.rpartition("::")[2]
        told.append([found.policy_name, found.enforcement_level, found.message.strip(), name])

error = ""
try:
    getattr(stack, operation)(on_event=listen, color="never", **packs)
except auto.CommandError as failed:
    error = str(failed)
outputs = {name: value.value for name, value in stack.outputs().items()} if operation == "up" else {}
print(json.dumps({"told": told, "error": error, "outputs": outputs, "state": stack.export_stack().deployment}))
"""


@dataclass(frozen=True)
class Stranger:
    """A repository, and the variables with which its owner starts the engine."""

    folder: Path
    environ: dict[str, str]

    def run(self, operation: str, config: dict[str, Any] | None = None, **environ: str) -> dict[str, Any]:
        if config is not None:
            (self.folder / "policy.json").write_text(json.dumps(config))
        command = [sys.executable, "-c", DRIVER, operation, str(self.folder), "policy.json" if config else "", FOLDER]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ | environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def pack(self, *arguments: str) -> str:
        command = [sys.executable, "-P", str(self.folder / FOLDER), *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False).stdout


def publish(archive: Path) -> Path:
    """Packs the pack's folder as the engine does, without what this repository sets for itself."""
    left = ("__pycache__", "package/config.json")
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(PACK, "package", filter=lambda each: None if each.name.endswith(left) else each)
    return archive


def install(archive: Path, folder: Path) -> None:
    """Unpacks it to where the engine looks for it, and has its project name a virtual environment."""
    shutil.unpack_archive(archive, folder.parent)
    (folder.parent / "package").rename(folder)
    project = folder / "PulumiPolicy.yaml"
    named = project.read_text().replace("runtime: python\n", RUNTIME)
    assert f"version: {VERSION}\n" in named
    assert RUNTIME in named
    project.write_text(named)


@pytest.fixture
def stranger(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "their repository"
    install(publish(tmp_path / "pack.tgz"), folder / FOLDER)
    (folder / "Pulumi.yaml").write_text("name: search\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (tmp_path / "state").mkdir()
    path = [str(Path(engine.path).parent), str(ANALYZER), str(Path(sys.executable).parent), os.environ["PATH"]]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POLICY_", "GITOPS_"))}
    with clouds.running(tmp_path / "clouds") as served:
        yield Stranger(
            folder,
            environ
            | {
                "PATH": os.pathsep.join(path),
                "PWD": str(folder),
                "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": "theirs",
                "PULUMI_DEBUG_PROVIDERS": served.debug_providers,
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "1",
            },
        )


def of(run: dict[str, Any], rule: str) -> dict[str, tuple[str, str]]:
    """What a rule said: resource → level and message."""
    return {resource: (level, message) for name, level, message, resource in run["told"] if name == rule}


@pytest.mark.slow("seven runs of the plain engine")
def test_strangers_stack_is_judged_configured_exempted_baselined_and_remediated(stranger: Stranger) -> None:
    plain = stranger.run("preview")
    assert {name: level for name, (level, _) in of(plain, NODE).items()} == dict.fromkeys(
        ["main", "spare", "old", "canary"], "mandatory"
    ) | {"canary": "advisory"}
    assert of(plain, NODE)["canary"][1].endswith("; exempted: the canary may be down at night (the program)")
    assert "what was deployed is not known" in of(plain, "change-keeps-capacity")["search-live-eu"][1]
    assert "storage-key-rotates" in {name for name, *_ in plain["told"]}
    assert plain["error"]

    assert f"{NODE}.most: found 3" in stranger.run("preview", {NODE: {"most": 3}})["error"]

    urn = "urn:pulumi:live-eu::search::aws:appautoscaling/target:Target"
    row = f"{{resource: '{urn}::spare', rule: {NODE}, reason: it is spare, owner: search, expires: 2099-01-01}}"
    (stranger.folder / "exemptions.yaml").write_text(f"exemptions:\n- {row}\n")
    (stranger.folder / "baseline.yaml").write_text(f"findings:\n- {{rule: {NODE}, resource: '{urn}::old'}}\n")
    pack = {
        "exemptions": "exemptions.yaml",
        "baseline": "baseline.yaml",
        "environments": {"prod": {"stacks": ["live-*"]}},
    }
    config = {
        "storage-key-rotates": "remediate",
        "required-tags-are-set": {"enforcementLevel": "mandatory", "tags": ["team"]},
        "pack-settings": pack,
    }
    settled = stranger.run("preview", config)
    assert {name: level for name, (level, _) in of(settled, NODE).items()} == dict.fromkeys(
        ["canary", "spare", "old"], "advisory"
    ) | {"main": "mandatory"}
    assert of(settled, "storage-key-rotates")["key"] == ("advisory", "remediated: enableKeyRotation is set to true")
    assert of(settled, "required-tags-are-set") == {}

    applied = stranger.run("up", config | {NODE: "advisory"})
    assert not applied["error"], applied["error"]
    assert applied["outputs"] == {"rotates": True}

    (stranger.folder / "before.json").write_text(json.dumps({"version": 3, "deployment": applied["state"]}))
    (stranger.folder / "__main__.py").write_text(PROGRAM.replace("max_capacity=4", "max_capacity=3"))
    changed = stranger.run("preview", POLICY_PREVIOUS_STATE=str(stranger.folder / "before.json"))
    assert of(changed, "change-keeps-capacity")["canary"][1].startswith("maxCapacity is 3 and was 4, wanted no less")

    told = stranger.pack("check", "before.json", "--config", "policy.json", "--rule", NODE)
    assert "(3 exempted)" in told
    assert "inference" not in told.splitlines()[0]
    stranger.pack("check", "before.json", "--write-baseline", "all.yaml")
    assert f'resource: "{urn}::main"' in (stranger.folder / "all.yaml").read_text()
