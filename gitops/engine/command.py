"""The Pulumi command line as the Automation API runs it, with the things it has no argument for."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from semver import VersionInfo

RUNS_PROGRAM = frozenset({"preview", "up", "refresh", "destroy"})
_UPDATE = {
    **dict.fromkeys(("startTime", "endTime"), "1970-01-01T00:00:00.000Z"),
    **dict.fromkeys(("kind", "message", "result"), ""),
    "environment": {},
    "config": {},
}
UNREAD = {"output": "{}", "history": json.dumps([_UPDATE])}
"""What the Automation API asks the engine after every run and nobody here reads: outputs come by events, steps from
the state. Answered without starting an engine, whose start is 0.2 s of processor time (2026-11-21)."""


class Command(PulumiCommand):
    """Previews print their JSON, unchanged resources included, and the version is told, not asked for in every run.

    `printed` has a preview's lines, also of one that ends with an error: mandatory findings do not hide the changes.

    `made`: the stack is there, and `stack select` need not look; every other command names the stack it is about.

    Commands that only read state run in `settings_folder`: with a passphrase they write a salt into the stack's
    config file, which in the checkout is nobody's but the reviewer's.
    """

    def __init__(self, path: str, version: str, *, made: bool = False) -> None:
        self.command = path
        self.made = made
        self.version = VersionInfo.parse(version)
        self.settings_folder = "."
        self.printed: list[str] = []

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        if args[0] == "stack" and args[1] in UNREAD:
            return CommandResult(UNREAD[args[1]], "", 0)
        if self.made and args[:2] == ["stack", "select"]:
            return CommandResult("", "", 0)
        if args[:2] == ["stack", "export"]:  # the Automation API asks for secrets in the clear; nobody here reads them
            args = [argument for argument in args if argument != "--show-secrets"]
        if args[0] == "preview":
            args = [*args, "--json", "--show-sames"]
            on_output = self.printed.append
        folder = cwd if args[0] in RUNS_PROGRAM else self.settings_folder
        return super().run(args, folder, additional_env, on_output, on_error)
