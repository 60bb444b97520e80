"""States as the engine keeps them, read for judging what already runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .resources import Resource, Stack

EXPORT = "the output of `pulumi stack export`"
# where the resources lie: in an export, in a file of a state backend, in an export of the first version
PLACES = (("deployment",), ("checkpoint", "latest"), ())


class BadState(Exception):
    """The file is not what `pulumi stack export` writes."""


def read_state(file: Path) -> Any:
    """The document in a file. Raises BadState: it cannot be read, or is no JSON."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadState(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadState(f"found no text, expected {EXPORT}") from None
    except json.JSONDecodeError as error:
        raise BadState(f"line {error.lineno} is no JSON ({error.msg}), expected {EXPORT}") from None


def resources_of(state: Any) -> list[Mapping[str, Any]]:
    """The resources of an exported state, or of a backend's own file, that no deletion waits for. Raises BadState."""
    holders = [holder for path in PLACES if isinstance(holder := _at(state, path), Mapping)]
    resources = next((holder["resources"] for holder in holders if "resources" in holder), None)
    if resources is None and not (
        holders and {"manifest", "checkpoint"} & holders[0].keys()
    ):  # nothing was ever deployed
        raise BadState(f"found no deployment.resources, expected {EXPORT}")
    if not isinstance(resources or [], list):
        raise BadState(f"found no list as resources, expected {EXPORT}")
    for position, entry in enumerate(resources or ()):
        if fault := _fault(entry):
            raise BadState(f"resource {position}: {fault}, expected {EXPORT}")
    return [resource for resource in resources or () if not resource.get("delete")]


def _at(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _fault(resource: Any) -> str | None:
    if not isinstance(resource, Mapping):
        return "found no object"
    missing = [key for key in ("urn", "type") if not isinstance(resource.get(key), str)]
    odd = [k for k in ("inputs", "outputs", "propertyDependencies") if not isinstance(resource.get(k) or {}, Mapping)]
    return f"found no text as {missing[0]}" if missing else f"found no object as {odd[0]}" if odd else None


def stack_name(state: Any) -> str:
    """The stack's name, from its resources' URNs; empty if it has none."""
    urns = [str(resource["urn"]) for resource in resources_of(state)]
    return urns[0].removeprefix("urn:pulumi:").partition("::")[0] if urns else ""


def resource_of(raw: Mapping[str, Any], *, outputs: bool) -> Resource:
    """A resource with its inputs; with `outputs` these count too, and before the inputs, as in the engine's run."""
    inputs = raw.get("inputs") or {}
    return Resource(
        raw["type"],
        str(raw["urn"]).rpartition("::")[2],
        raw["urn"],
        {**inputs, **(raw.get("outputs") or {})} if outputs else inputs,
        ignores=raw.get("ignoreChanges") or (),
        protected=bool(raw.get("protect")),
        parent=raw.get("parent") or "",
        depends=raw.get("dependencies") or (),
        links={path: urns or () for path, urns in (raw.get("propertyDependencies") or {}).items()},
        aliases=raw.get("aliases") or (),
        retained=bool(raw.get("retainOnDelete")),
        inputs=inputs,
    )


def stack_of(state: Any) -> Stack:
    """The resources that a state's stack owns. Raises BadState."""
    owned = [resource for resource in resources_of(state) if not resource.get("external")]
    return Stack(resource_of(resource, outputs=True) for resource in owned)
