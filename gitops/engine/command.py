"""The Pulumi command line as the Automation API runs it, with the two things it has no argument for."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from semver import VersionInfo


class Command(PulumiCommand):
    """Previews print their JSON, unchanged resources included; the version is told, not asked for again per run."""

    def __init__(self, path: str, version: str) -> None:
        self.command = path
        self.version = VersionInfo.parse(version)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        if args[0] == "preview":
            args = [*args, "--json", "--show-sames"]
        return super().run(args, cwd, additional_env, on_output, on_error)
