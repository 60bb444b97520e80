"""A stack of the real engine on the rehearsal clouds, driven by tests with programs that are plain functions."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation as auto
from pulumi.automation import EngineEvent
from pulumi.runtime import settings

from gitops.engine import state_file
from gitops.engine.calls import drop_debug_messages
from gitops.engine.clouds import Clouds
from gitops.engine.command import Command
from gitops.engine.install import VERSION
from rehearsal.inventory import Entry, Inventory
from rehearsal.provider.channels import OWN_CONNECTIONS

Program = Callable[[], None]


def connect_anew() -> None:
    """Gives every channel that the SDK opens in this process a connection of its own: it runs hundreds of engines."""
    options: list[tuple[str, int]] = settings._GRPC_CHANNEL_OPTIONS  # pyright: ignore[reportPrivateImportUsage]
    if OWN_CONNECTIONS not in options:
        options.append(OWN_CONNECTIONS)


def without_debug_messages(program: Program) -> Program:
    def run() -> None:
        drop_debug_messages()
        program()

    return run


@dataclass
class Result:
    """`ops` maps a resource's name to what happened to it; `paths` to the property paths that changed.

    `ends` is what the engine says at the end of a step, which of a refresh is what it found.
    """

    ops: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    paths: dict[str, set[str]] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    all_ops: list[tuple[str, str]] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def heard(self, event: EngineEvent) -> None:
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            name = step.urn.rsplit("::", 1)[-1]
            self.all_ops.append((name, step.op.value))
            if step.op.value in ("create", "update", "replace", "delete", "same", "read", "import", "refresh"):
                self.ops[name] = step.op.value
                self.paths[name] = set(step.detailed_diff or ())
                self.inputs[name] = dict((step.new.inputs if step.new else None) or {})
        if event.res_outputs_event:
            ended = event.res_outputs_event.metadata
            self.ends[ended.urn.rsplit("::", 1)[-1]] = ended.op.value
        if event.res_outputs_event and event.res_outputs_event.metadata.type == "pulumi:pulumi:Stack":
            new = event.res_outputs_event.metadata.new
            self.outputs = dict((new.outputs if new else None) or self.outputs)


@dataclass(frozen=True)
class CloudsInFolder(Clouds):
    """Clouds with the folder of their inventory, in which tests look."""

    directory: Path


class Stack:
    def __init__(self, engine: Path, clouds: CloudsInFolder, folder: Path, project: str) -> None:
        connect_anew()
        self.clouds, self.project = clouds, project
        self.folder = folder / "work"
        self.folder.mkdir()
        self.state = folder / "state"
        self.state.mkdir()
        path = os.pathsep.join([str(engine.parent), os.environ["PATH"]])
        variables = {
            "PATH": path,
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(state_file.home(self.state.as_uri())),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        command = Command(str(engine), VERSION, made=True)
        command.settings_folder = str(self.folder)
        self._made: auto.Stack | None = None
        self._options = auto.LocalWorkspaceOptions(
            work_dir=str(self.folder),
            pulumi_command=command,
            project_settings=auto.ProjectSettings(name=project, runtime="python"),
            env_vars=variables,
        )

    def _stack(self, program: Program) -> auto.Stack:
        """The stack with another program: made once, its config a file, because each costs a start of the engine."""
        if self._made is None:
            (self.folder / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n", encoding="utf-8")
            state_file.make(self.state.as_uri(), self.project, "dev")
            self._made = auto.select_stack("dev", project_name=self.project, program=program, opts=self._options)
        self._made.workspace.program = without_debug_messages(program)
        return self._made

    def _run(self, operation: str, program: Program, **options: Any) -> Result:
        result = Result()
        getattr(self._stack(program), operation)(on_event=result.heard, color="never", **options)
        return result

    def preview(self, program: Program, **options: Any) -> Result:
        return self._run("preview", program, **options)

    def up(self, program: Program, **options: Any) -> Result:
        return self._run("up", program, **options)

    def refresh(self) -> Result:
        return self._run("refresh", lambda: None)

    def destroy(self) -> Result:
        return self._run("destroy", lambda: None)

    def forget(self) -> None:
        """Loses the engine's state, as a deleted state file would."""
        self._stack(lambda: None).workspace.remove_stack("dev", force=True)
        self._made = None

    def leave(self) -> None:
        """Takes what the stack has made out of the clouds, without asking an engine."""
        for entry in self.list_existing().values():
            self.inventory.delete(entry.type, entry.scope, entry.id)

    @property
    def inventory(self) -> Inventory:
        return Inventory(self.clouds.directory)

    def list_existing(self) -> dict[str, Entry]:
        """What this stack has made and the clouds still hold, by logical name."""
        mine = f"urn:pulumi:dev::{self.project}::"
        return {e.urn.rsplit("::", 1)[-1]: e for e in self.inventory.all() if e.urn.startswith(mine)}
