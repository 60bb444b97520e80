"""Running a stack's `__main__.py` inside the worker, and recording the facts for a failure message.

The program runs inline (there is no language host in an engine built from modules), exactly as
`pulumi-language-python` would run it: the folder of the program's file is the working directory and `sys.path[0]`.
"""

from __future__ import annotations

import os
import re
import runpy
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import pulumi
from pulumi.runtime.settings import SETTINGS

from gitops.engine import applies
from gitops.engine.calls import Registrations, drop_debug_messages, shorten_stack_traces
from gitops.records import RunError, SourceLine

MISSING = re.compile(r"Missing required configuration variable '(?P<key>[^']+)'")
SET_IT = "Set it in the stack's config file: {key}"


def begin(*, root: Path, project: Path, tell: applies.Tell) -> None:
    """Prepares an inline program: sets the project's folder, and passes exceptions in its applies to `tell`.

    `root` is the checkout.
    """
    # otherwise a language host's part
    SETTINGS.root_directory = str(project)  # pyright: ignore[reportAttributeAccessIssue] (a context property)
    applies.listen(tell)
    drop_debug_messages()
    shorten_stack_traces(root)


class Program:
    """A callable for the Automation API. After the run, `error` says why the program raised, if it did.

    `before` is called inside the run, before the program's first line.
    """

    def __init__(self, *, root: Path, folder: Path, entry: Path | None = None, missing: str = SET_IT) -> None:
        """`entry` is the program's file, `missing` what to do about a config value that is not there."""
        self.root = root
        self.folder = folder
        self.entry = entry or folder / "__main__.py"
        self.missing = missing
        self.transformations: list[pulumi.ResourceTransformation] = [self.remember]
        self.error: RunError | None = None
        self.registrations = Registrations()
        self.before: list[Callable[[], None]] = [self.registrations.listen]
        self.declared: dict[tuple[str, str], SourceLine] = {}
        self.under_way = False

    def prepare(self) -> None:
        os.chdir(self.entry.parent)
        sys.path[0:0] = [str(self.entry.parent), str(self.root)]
        sys.argv = [str(self.entry)]

    def __call__(self) -> None:
        begin(root=self.root, project=self.folder, tell=self.hear)
        for transformation in self.transformations:
            pulumi.runtime.register_stack_transformation(transformation)
        for call in self.before:
            call()
        self.under_way = True
        try:
            runpy.run_path(str(self.entry), run_name="__main__")
        except Exception as error:
            self.error = self.explain(error)
            raise
        except SystemExit as error:
            self.error = RunError(kind="program", message=f"the program called sys.exit({error.code!r})")
            raise RuntimeError(self.error.message) from error
        self.under_way = False

    def hear(self, error: Exception) -> None:
        self.error = self.error or self.explain(error)

    def remember(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Notes the line that declares a resource: the engine keeps no line for one that a provider refuses."""
        frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_stack(sys._getframe())]
        if line := self.own_line(frames):
            self.declared[(args.type_, args.name)] = line

    def name_awaited(self) -> str:
        """Names what an interrupted run was waiting for."""
        if self.under_way:
            return "the end of __main__.py itself"
        return self.registrations.name_first() or "an output that never resolved"

    def explain(self, error: Exception) -> RunError:
        frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
        if isinstance(error, SyntaxError) and error.filename:
            frames.append((error.filename, error.lineno or 1))
        source = self.own_line(frames[::-1])
        if missing := MISSING.search(str(error)):
            key = missing["key"]
            message = f"the configuration value '{key}' is missing: the program requires it"
            return RunError(kind="config", message=message, hint=self.missing.format(key=key), source=source)
        return RunError(kind="program", message=f"{type(error).__name__}: {error}", source=source)

    def own_line(self, frames: Sequence[tuple[str, int]]) -> SourceLine | None:
        """The first line in the stack's own folder, else in the checkout: the one its author would open.

        `frames` are files and lines, the innermost first.
        """
        folder, root = str(self.entry.parent) + os.sep, str(self.root) + os.sep
        for prefix in (folder, root):
            for file, line in frames:
                tooling = "site-packages" in file or file.startswith(root + "gitops" + os.sep)
                if file.startswith(prefix) and not tooling:
                    return SourceLine(file=os.path.relpath(file, self.root), line=line)
        return None
