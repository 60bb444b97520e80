"""Why an engine run failed, in the words of its source: the program, a provider, or the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pulumi import automation as auto

from gitops.engine.listen import Listener, plain
from gitops.engine.program import Program
from gitops.engine.steps import label, resource_type
from gitops.records import Diagnostic, Level, RunError, SourceLine

NOISE = (
    "preview failed",
    "update failed",
    "resource registration failed",
    "python inline source runtime error",
    "an unhandled error occurred",
    "RPC error",
    "using pulumi-analyzer-policy-python from $PATH",
)
"""What the engine adds to a cause that a record states by itself, or to no cause at all."""

PACK_SAID = re.compile(r"the policy pack cannot start: (?P<file>[^\s:]+):(?P<line>\d+): .*")
PACK_RAISED = re.compile(r'File "(?:\./|[^"]*/policies/)(?P<file>[^"]+)", line (?P<line>\d+)')
PLUGIN_PATH = re.compile(r"could not read plugin \[[^\]]*\]: ")

PLUGIN_LACKS = "Could not automatically download and install"
BACKEND_FAILED = re.compile(r"unable to open bucket|\.pulumi/meta\.yaml|could not read current project backend")
BACKEND_HINT = "The state backend cannot be read: check PULUMI_BACKEND_URL and the credentials for it."

LOCK_BEING_TAKEN = re.compile(r"/locks/organization/\S+: no such file or directory|unexpected end of JSON input")
"""In a folder (`file://`) the engine reads another's lock while it is written, finds half of it, or it is gone: seen in
2 of 200 deployments that were begun together. It stops before anything is touched."""

STATE_BEING_WRITTEN = re.compile(r"failed to load checkpoint: (unexpected )?EOF")
"""In a folder the engine empties the state's file before it writes it anew: seen in 1 of 400 deployments begun together
(2026-11-22)."""

HOOK_FAILED = 'before hook "'
HOOK_HINT = "The program's check failed, so this change was not made. Fix what the answer names, then run it again."

CUT_OFF = "grpc: the client connection is closing"
"""What it says of every component still being constructed when another resource has failed."""


def explain(error: auto.CommandError, program: Program, listener: Listener) -> RunError:
    """The one cause to show. A provider's refusal of a named resource takes precedence over the program's exception."""
    errors = [d for d in listener.diagnostics if d.severity == "error" and not is_noise(d.message)]
    named = [d for d in errors if d.urn and resource_type(d.urn) != "pulumi:pulumi:Stack"]
    if lacking := next((d.message for d in errors if PLUGIN_LACKS in d.message), ""):
        hint = "Let this machine reach the plugin's download host, or install the plugin by hand as the message says."
        return RunError(kind="engine", message=lacking, hint=hint)
    if named:
        asked = any(HOOK_FAILED in d.message for d in named)
        return RunError(
            kind="program" if asked else "provider",
            message="; ".join(unique(f"{label(d.urn or '')}: {d.message}" for d in named)),
            hint=HOOK_HINT if asked else "Change the property in the stack's code or config.",
            source=find_declaration(named[0], program),
        )
    if program.error:
        return program.error
    if isinstance(error, auto.ConcurrentUpdateError):
        return RunError(
            kind="engine",
            message="another update of this stack holds its lock",
            hint="Wait for it to end; if its process is dead, run `gitops unlock`.",
        )
    if isinstance(error, auto.StackNotFoundError):
        folder = program.folder.relative_to(program.root)
        return RunError(
            kind="engine",
            message="the state backend does not know this stack",
            hint=f"Make it once: `pulumi stack init` in {folder}, and commit its config file (docs/workflows.md).",
        )
    mandatory = sorted({f.rule for f in listener.findings if f.level is Level.MANDATORY})
    if mandatory and not errors:
        return RunError(kind="findings", message=f"mandatory findings: {', '.join(mandatory)}")
    text = "; ".join(unique(d.message for d in errors)) or extract_errors(error)
    return explain_text(text, listener.diagnostics)


def explain_text(text: str, diagnostics: Iterable[Diagnostic]) -> RunError:
    """The cause, if only the engine's output tells it."""
    if LOCK_BEING_TAKEN.search(text):
        hint = "Run it again. If nobody else deploys, a dead process left half a lock: `gitops unlock` lists it."
        return RunError(kind="engine", message="another update of this stack was taking its lock", hint=hint)
    if STATE_BEING_WRITTEN.search(text):
        hint = "Run it again. If nobody else deploys, the file is empty: put the `.bak` beside it in its place."
        return RunError(kind="engine", message="another update of this stack was writing its state", hint=hint)
    if "policies failed to load" in text or "policy pack" in text.lower():
        return pack_failure(text, diagnostics)
    return RunError(kind="engine", message=text, hint=BACKEND_HINT if BACKEND_FAILED.search(text) else "")


def pack_failure(text: str, diagnostics: Iterable[Diagnostic]) -> RunError:
    """Why the policy pack did not start: what it said itself, with its file and line, else the engine's words."""
    printed = "\n".join(d.message.strip() for d in diagnostics if d.severity == "info#err")
    hint = "Fix the pack: no policy is checked until it starts."
    if said := PACK_SAID.search(printed):
        source = SourceLine(file=said["file"], line=int(said["line"]))
        return RunError(kind="policy", message=said[0], hint=hint, source=source)
    if raised := list(PACK_RAISED.finditer(printed)):
        source = SourceLine(file=f"policies/{raised[-1]['file']}", line=int(raised[-1]["line"]))
        why = f"the policy pack cannot start: {source.file}:{source.line}: {printed.splitlines()[-1]}"
        return RunError(kind="policy", message=why, hint=hint, source=source)
    return RunError(kind="policy", message=PLUGIN_PATH.sub("", text), hint=hint)


def is_noise(message: str) -> bool:
    return message.startswith(NOISE) or message.endswith(CUT_OFF)


def extract_errors(error: auto.CommandError) -> str:
    """The errors that the engine printed, without the JSON document on its standard output."""
    text = plain(str(error))
    lines = text.partition("stderr:")[2].strip() or text
    return lines[-2000:]


def worth_telling(diagnostics: Iterable[Diagnostic], root: Path) -> tuple[Diagnostic, ...]:
    """The diagnostics a reader can use, in a fixed order, without paths of the machine."""
    kept = (
        d.model_copy(update={"message": d.message.replace(f"{root}/", "")})
        for d in diagnostics
        if not is_noise(d.message)
    )
    return tuple(sorted(kept, key=lambda d: (d.severity, d.urn or "", d.message)))


def find_declaration(diagnostic: Diagnostic, program: Program) -> SourceLine | None:
    urn = diagnostic.urn or ""
    return program.declared.get((resource_type(urn), urn.rsplit("::", 1)[-1]))


def unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
