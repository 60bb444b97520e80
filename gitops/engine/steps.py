"""From what the engine prints to the steps of a run record: pure functions of its preview JSON and its state."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pulumi.automation.events import StepEventMetadata, StepEventStateMetadata

from gitops.engine.automatic import Given, find_automatic
from gitops.records import SECRET, UNKNOWN, Op, PropertyDiff, SourceLine, Step

UNKNOWN_SENTINELS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string; the others are the engine's for bool, number, list, map, …
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's stand-ins for values not known yet (pulumi/sdk/go/common/resource/plugin/rpc.go)."""

PATH_PART = re.compile(r'\["(?P<quoted>.*?)"\]|\[(?P<index>\d+)\]|\.?(?P<name>[^.\[]+)')
"""One key of a property path, as `a.b[0]["c.d"]` has four."""

STACK_TYPE = "pulumi:pulumi:Stack"
NOTHING: Given = {}

OPS = {**{op.value: op for op in Op}, "import-replacement": Op.REPLACE, "read-replacement": Op.READ}
"""Halves of a replacement (`create-replacement`, `delete-replaced`, `discard-replaced`, `remove-pending-replace`)
are not counted: the `replace` step stands for all of them."""


def clean(value: Any, folder: str = "") -> Any:
    """A value as a report may show it: unknowns and secrets as words, assets as their hash, no path of the machine."""
    if isinstance(value, str):
        if value in UNKNOWN_SENTINELS or value in ("[unknown]", "output<string>"):
            return UNKNOWN
        for sentinel in UNKNOWN_SENTINELS:
            value = value.replace(sentinel, UNKNOWN) if sentinel in value else value
        return value.replace(folder, ".") if folder else value
    if isinstance(value, Mapping):
        signature = value.get("4dabf18193072939515e22adb298388d")
        if signature == "1b47061264138c4ac30d75fd1eb44270":
            return SECRET
        if signature:
            return {k: clean(v, folder) for k, v in value.items() if k in ("hash", "urn", "id")} or "[asset]"
        return {str(k): clean(v, folder) for k, v in value.items() if not str(k).startswith("__")}
    if isinstance(value, list | tuple):
        return [clean(item, folder) for item in value]
    return value


def from_preview(text: str, *, root: Path, folder: Path, given: Given = NOTHING) -> tuple[Step, ...]:
    """The steps of `pulumi preview --json`, in URN order so that two runs compare; without those that only looked.

    `root` is the checkout, `folder` the project's: source positions are relative to the latter. `given` is what the
    program itself gave, where one ran.
    """
    document = json.loads(text)
    steps = (one_step(raw, root=root, folder=folder, given=given) for raw in document.get("steps", ()))
    return in_order(step for step in steps if step and step.op is not Op.REFRESH)


def from_events(
    heard: Mapping[str, StepEventMetadata],
    deployment: Mapping[str, Any],
    *,
    root: Path,
    folder: Path,
    given: Given = NOTHING,
) -> tuple[Step, ...]:
    """The steps of an update, refresh or destroy: what the events said, with lines and dependencies from the state."""
    states = {state["urn"]: state for state in deployment.get("resources", ()) if not state.get("delete")}
    where: dict[str, Any] = {"root": root, "folder": folder, "given": given}
    steps = (one_step(as_preview_step(event, states), **where) for event in heard.values())
    return in_order(step for step in steps if step)


def state_of(metadata: StepEventStateMetadata | None) -> dict[str, Any]:
    if metadata is None:
        return {}
    return {
        "inputs": metadata.inputs,
        "parent": metadata.parent,
        "custom": bool(metadata.custom),
        "delete": bool(metadata.delete),
        "retainOnDelete": bool(metadata.retain_on_delete),
    }


def as_preview_step(event: StepEventMetadata, states: Mapping[str, Any]) -> dict[str, Any]:
    new = state_of(event.new)
    old = state_of(event.old)
    details = {path: str(d.diff_kind.value) for path, d in (event.detailed_diff or {}).items()}
    return {
        "op": event.op.value,
        "urn": event.urn,
        "oldState": {**states.get(event.urn, {}), **old} if OPS.get(event.op.value) is Op.DELETE else old,
        "newState": {**states.get(event.urn, {}), **new} if new else {},
        "detailedDiff": {path: {"kind": kind} for path, kind in details.items()},
        "diffReasons": event.diffs,
        "replaceReasons": event.keys,
    }


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda step: step.urn))


def is_provider(kind: str) -> bool:
    return kind.startswith("pulumi:providers:")


def one_step(raw: Mapping[str, Any], *, root: Path, folder: Path, given: Given = NOTHING) -> Step | None:
    kind = resource_type(raw["urn"])
    return None if is_provider(kind) or kind == STACK_TYPE else read_step(raw, root=root, folder=folder, given=given)


def read_step(raw: Mapping[str, Any], *, root: Path, folder: Path, given: Given = NOTHING) -> Step | None:
    """The step of one printed operation; None if it does not change a resource.

    The engine marks a replaced resource's old state with `delete` once the new one is made; where the old one goes
    first, it goes unmarked (both are in the preview of tests/gitops/test_worker.py).
    """
    op = OPS.get(raw["op"])
    kind = resource_type(raw["urn"])
    if op is None:
        return None
    old, new = raw.get("oldState") or {}, raw.get("newState") or {}
    state = old if op is Op.DELETE else new or old
    inputs = clean(state.get("inputs") or {}, str(folder))
    source, component = source_lines(state, root=root, folder=folder)
    return Step(
        op=op,
        urn=raw["urn"],
        type=kind,
        name=raw["urn"].rsplit("::", 1)[-1],
        parent=parent_of(state),
        source=source,
        component=component,
        inputs=inputs,
        automatic=find_automatic(raw["urn"], state.get("inputs") or {}, given),
        diffs=property_diffs(raw, clean(old.get("inputs") or {}, str(folder)), inputs),
        depends_on=dependencies(state),
        protect=bool(state.get("protect")),
        retained=op in (Op.REPLACE, Op.DELETE) and bool(old.get("retainOnDelete")),
        deleted_with=old.get("deletedWith") if op in (Op.REPLACE, Op.DELETE) else None,
        deletes_first=op is Op.REPLACE and not old.get("delete"),
        custom=bool(state.get("custom", True)),
    )


def resource_type(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", 1)[-1]


def label(urn: str) -> str:
    """How a message names a resource: `aws:s3/bucket:Bucket 'models'`."""
    return f"{resource_type(urn)} '{urn.rsplit('::', 1)[-1]}'"


def parent_of(state: Mapping[str, Any]) -> str | None:
    parent = state.get("parent")
    return parent if parent and resource_type(parent) != STACK_TYPE else None


def dependencies(state: Mapping[str, Any]) -> tuple[str, ...]:
    dependencies = set(state.get("dependencies") or ())
    for urns in (state.get("propertyDependencies") or {}).values():
        dependencies |= set(urns or ())
    return tuple(sorted(dependencies))


def source_lines(state: Mapping[str, Any], *, root: Path, folder: Path) -> tuple[SourceLine | None, SourceLine | None]:
    """The first frame of the resource's stack trace in `stacks/`, and the innermost one if that lies outside of it.

    A component in `shared/` makes most resources; the reviewer's line is the one in the stack that called it, the line
    to mend is often the component's. Without a frame in `stacks/` the innermost one is the source.
    """
    frames = [state.get("sourcePosition")] + [f.get("sourcePosition") for f in state.get("stackTrace") or ()]
    lines = [line for frame in frames if frame and (line := checkout_line(frame, root=root, folder=folder))]
    own = [line for line in lines if line.file.startswith("stacks/")]
    if not own:
        return (lines or [None])[0], None
    return own[0], lines[0] if lines[0] != own[0] and not lines[0].file.startswith("stacks/") else None


@cache  # a program's frames are few, and each stands in hundreds of resources' traces
def checkout_line(frame: str, *, root: Path, folder: Path) -> SourceLine | None:
    path, _, line = frame.removeprefix("project:///").partition("#")
    absolute = os.path.normpath(folder / path)
    if not absolute.startswith(f"{root}{os.sep}") or ".venv" in absolute or "site-packages" in absolute:
        return None
    relative = os.path.relpath(absolute, root)
    if relative.startswith("gitops" + os.sep):
        return None
    return SourceLine(file=relative, line=int(line.split(",")[0] or 1))


def property_diffs(raw: Mapping[str, Any], old: Any, new: Any) -> tuple[PropertyDiff, ...]:
    detailed = raw.get("detailedDiff") or {}
    replacing = set(raw.get("replaceReasons") or ())
    diffs = []
    for path in sorted(detailed or raw.get("diffReasons") or ()):
        kind = (detailed.get(path) or {}).get("kind", "update")
        diffs.append(
            PropertyDiff(
                path=path,
                kind=kind.removesuffix("-replace"),
                replaces=kind.endswith("-replace") or path in replacing,
                before=at_path(old, path),
                after=at_path(new, path),
            )
        )
    return tuple(diffs)


def at_path(value: Any, path: str) -> Any:
    """The value at an engine property path (`a.b[0]["c.d"]`), None if there is none."""
    for key in path_keys(path):
        if isinstance(value, Mapping):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def path_keys(path: str) -> list[str | int]:
    parts = PATH_PART.finditer(path)
    return [int(p["index"]) if p["index"] else p["name"] or p["quoted"].replace('\\"', '"') for p in parts]
