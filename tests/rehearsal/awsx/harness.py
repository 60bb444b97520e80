"""Runs small programs with the real engine against the awsx stand-in and some aws provider."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation as auto

from gitops.engine import install, state_file
from gitops.engine.command import Command
from tests.rehearsal.awsx.recorder import Recorder
from tests.rehearsal.stack import without_debug_messages

PROJECT = "recorded"


class Plain(Command):
    """Previews print for people: the tests read what is refused."""

    def run(self, args: list[str], *rest: Any, **more: Any) -> auto.CommandResult:
        if args[0] == "preview":
            return auto.PulumiCommand.run(self, args, *rest, **more)
        return super().run(args, *rest, **more)


@dataclass(frozen=True)
class Bench:
    """One stack of one inline program. `state` is the engine's own, below `folder`."""

    folder: Path
    debug_providers: str
    stack: str = "rec"
    config: Mapping[str, str] = field(default_factory=lambda: {"aws:region": "us-east-1"})

    def stack_of(self, program: str | Sequence[str] | Callable[[], None]) -> auto.Stack:
        self.made.workspace.program = without_debug_messages(_callable(program))
        return self.made

    @cached_property
    def made(self) -> auto.Stack:
        """Made once, its config a file: each costs a start of the engine."""
        state = self.folder / "state"
        state.mkdir(parents=True, exist_ok=True)
        engine = install.ensure(print)
        command = Plain(str(engine.path), install.VERSION, made=True)
        command.settings_folder = str(self.folder)
        options = auto.LocalWorkspaceOptions(
            work_dir=str(self.folder),
            pulumi_command=command,
            env_vars={
                "PATH": os.pathsep.join([str(engine.path.parent), os.environ["PATH"]]),
                "PULUMI_BACKEND_URL": state.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
                "PULUMI_HOME": str(state_file.home(state.as_uri())),
                "PULUMI_SKIP_UPDATE_CHECK": "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DEBUG_PROVIDERS": self.debug_providers,
            },
            project_settings=auto.ProjectSettings(PROJECT, "python", backend=auto.ProjectBackend(state.as_uri())),
        )
        settings = yaml.safe_dump({"config": dict(self.config)})
        (self.folder / f"Pulumi.{self.stack}.yaml").write_text(settings, encoding="utf-8")
        state_file.make(state.as_uri(), PROJECT, self.stack)
        return auto.select_stack(self.stack, PROJECT, program=lambda: None, opts=options)

    def preview(self, program: str | Sequence[str] | Callable[[], None], **options: Any) -> auto.PreviewResult:
        return self.stack_of(program).preview(on_output=_quiet, color="never", **options)

    def up(self, program: str | Sequence[str] | Callable[[], None]) -> auto.UpResult:
        return self.stack_of(program).up(on_output=_quiet, color="never")

    def destroy(self, program: str | Sequence[str] | Callable[[], None]) -> auto.DestroyResult:
        return self.stack_of(program).destroy(on_output=_quiet, color="never")

    def outputs(self) -> dict[str, Any]:
        """Of the stack, as the last apply left them."""
        (stack,) = (resource for resource in self.resources() if resource["type"] == "pulumi:pulumi:Stack")
        return stack["outputs"]

    def resources(self) -> list[dict[str, Any]]:
        """The engine's state."""
        files = list((self.folder / "state" / ".pulumi" / "stacks" / PROJECT).glob(f"{self.stack}.json"))
        document = json.loads(files[0].read_text(encoding="utf-8"))
        return document["checkpoint"]["latest"].get("resources") or []


def children(bench: Bench, recorder: Recorder, *program: str) -> dict[str, dict[str, Any]]:
    """The inputs of the children that a previewed program makes, as the provider receives them, by `type name`."""
    bench.preview(["import pulumi, pulumi_aws as aws, pulumi_awsx as awsx", *program])
    return {f"{child['type_chain'][-1].split(':')[-1]} {child['name']}": child["inputs"] for child in recorder.children}


def names(made: dict[str, Any], kind: str) -> list[str]:
    """The names of the children of one type among those of `children`."""
    return sorted(key.removeprefix(f"{kind} ") for key in made if key.startswith(f"{kind} "))


def _callable(program: str | Sequence[str] | Callable[[], None]) -> Callable[[], None]:
    if callable(program):
        return program
    text = program if isinstance(program, str) else "\n".join(program)
    code = compile(text, "__main__.py", "exec")
    return lambda: exec(code, {"__name__": "__main__"})  # noqa: S102 (the test's own program)


def _quiet(text: str) -> None:
    sys.stdout.write(text + "\n")
