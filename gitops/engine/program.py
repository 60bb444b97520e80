"""Running a stack's `__main__.py` inside the worker, and remembering what a failure message will need.

The program runs inline (there is no language host in an engine built from modules), exactly as
`pulumi-language-python` would run it: the stack's folder is the working directory and `sys.path[0]`.
"""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from pathlib import Path

import pulumi
from pulumi.runtime.settings import SETTINGS

from gitops.engine import applies
from gitops.records import RunError, SourceLine


def begin(*, project: Path, tell: applies.Tell) -> None:
    """What comes before any inline program: it learns where its project lies; `tell` hears what its applies raise."""
    # otherwise a language host's part
    SETTINGS.root_directory = str(project)  # pyright: ignore[reportAttributeAccessIssue] (a context property)
    applies.listen(tell)


class Program:
    """A callable for the Automation API. After the run, `error` says why the program raised, if it did."""

    def __init__(self, *, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.error: RunError | None = None
        self.declared: dict[tuple[str, str], SourceLine] = {}
        self.under_way = False

    def prepare(self) -> None:
        os.chdir(self.folder)
        sys.path[0:0] = [str(self.folder), str(self.root)]
        sys.argv = [str(self.folder / "__main__.py")]

    def __call__(self) -> None:
        begin(project=self.folder, tell=self.hear)
        pulumi.runtime.register_stack_transformation(self.remember)
        self.under_way = True
        try:
            runpy.run_path(str(self.folder / "__main__.py"), run_name="__main__")
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
        line = self.own_line(traceback.extract_stack())
        if line:
            self.declared[(args.type_, args.name)] = line

    def explain(self, error: Exception) -> RunError:
        frames = traceback.extract_tb(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename:
            frames.append(traceback.FrameSummary(error.filename, error.lineno or 1, "<module>"))
        return RunError(kind="program", message=f"{type(error).__name__}: {error}", source=self.own_line(frames))

    def own_line(self, frames: traceback.StackSummary) -> SourceLine | None:
        """The innermost frame in the stack's own folder, else in the checkout: the line its author would open."""
        folder, root = str(self.folder) + os.sep, str(self.root) + os.sep
        for prefix in (folder, root):
            for frame in reversed(frames):
                tooling = "site-packages" in frame.filename or frame.filename.startswith(root + "gitops" + os.sep)
                if frame.filename.startswith(prefix) and not tooling:
                    return SourceLine(file=os.path.relpath(frame.filename, self.root), line=frame.lineno or 1)
        return None
