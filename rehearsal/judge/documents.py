"""Reads a program from the engine's output: the JSON of a preview, or a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.provider_facts.type_facts import without_version
from rehearsal.values import SIGNATURE, UNKNOWN, UNKNOWN_SENTINELS

_MADE_NOW = frozenset({"create", "replace", "create-replacement"})
_GONE = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace", "refresh"})
_HALVES = frozenset({"create-replacement", "read-replacement", "import-replacement"})


def read(document: Any) -> Program:
    """Returns the program in the JSON of a preview (`steps`) or a state (`deployment.resources`, or the bare list)."""
    if isinstance(document, Mapping) and "steps" in document:
        states = [
            {**step["newState"], "op": step["op"]}
            for step in document["steps"]
            if step.get("newState") and step["op"] not in _GONE | _HALVES
        ]
    else:
        holder = document.get("deployment", document) if isinstance(document, Mapping) else {"resources": document}
        states = [state for state in holder.get("resources") or () if not state.get("delete")]
    regions = {_reference(state["urn"], state.get("id")): _region(state) for state in states if _is_provider(state)}
    by_urn = {reference.rpartition("::")[0]: region for reference, region in regions.items()}
    made = [state for state in states if not state.get("external") and not _is_provider(state)]
    return Program(
        (_resource(state, by_urn) for state in made if state.get("custom")),
        {state["urn"]: _find_awaited(state) for state in made if not state.get("custom")},
    )


def _resource(state: Mapping[str, Any], regions: Mapping[str, str]) -> Resource:
    inputs = _plain(state.get("inputs") or {})
    sources = {name: tuple(urns or ()) for name, urns in (state.get("propertyDependencies") or {}).items()}
    outputs = _plain(state.get("outputs") or {})
    region = inputs.get("region") or regions.get((state.get("provider") or "").rpartition("::")[0], "")
    return Resource(
        urn=state["urn"],
        type=without_version(state["type"]),
        inputs=inputs,
        outputs=outputs,
        id=_read_known(state.get("id")),
        region=_read_known(region),
        sources=sources,
        after=_find_awaited(state),
        new=state.get("op", "create") in _MADE_NOW,
        provider=(state.get("provider") or "").rpartition("::")[0],
    )


def _find_awaited(state: Mapping[str, Any]) -> frozenset[str]:
    """The URNs that must exist before this resource: its dependencies, its parent and the parent's dependencies."""
    properties = (state.get("propertyDependencies") or {}).values()
    after = {urn for urns in properties for urn in urns or ()} | set(state.get("dependencies") or ())
    return frozenset(after | {urn for urn in (state.get("parent"),) if urn})


def _plain(value: Any) -> Any:
    """The JSON value with `UNKNOWN` in place of unknown values, secrets and files."""
    if isinstance(value, str):
        unknown = value == "[secret]" or (len(value) >= 36 and any(word in value for word in UNKNOWN_SENTINELS))
        return UNKNOWN if unknown else value
    if isinstance(value, dict):
        if SIGNATURE in value:
            return UNKNOWN
        return {key: _plain(item) for key, item in value.items() if not key.startswith("__")}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _is_provider(state: Mapping[str, Any]) -> bool:
    return str(state.get("type", "")).startswith("pulumi:providers:")


def _reference(urn: str, identity: Any) -> str:
    return f"{urn}::{identity or ''}"


def _region(state: Mapping[str, Any]) -> str:
    return _read_known((state.get("inputs") or {}).get("region"))


def _read_known(value: Any) -> str:
    """The value if it is a known text, else an empty text."""
    return value if isinstance(value, str) and value not in UNKNOWN_SENTINELS else ""
