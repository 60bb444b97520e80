"""A target's state as a table to try the judge on: inputs, what the outputs add, options, parents, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
Row = dict[str, Any]


def key_of(urn: str) -> str:
    """`target:Target::scaling-target`: short, and unique in a stack with components that repeat their names."""
    kind, name = urn.split("::", 2)[2].rsplit("::", 1)
    return f"{kind.rpartition('$')[2].rpartition('/')[2]}::{name}"


def plain(value: Any) -> Any:
    """A value without what differs from run to run: an encrypted secret becomes a marked one, an asset its kind."""
    if isinstance(value, Mapping):
        if "ciphertext" in value and SIGNATURE in value:
            return {SIGNATURE: value[SIGNATURE], "value": "not recorded"}
        if SIGNATURE in value and "hash" in value:
            return "an asset"
        return {key: plain(item) for key, item in sorted(value.items()) if not key.startswith("__")}
    return [plain(item) for item in value] if isinstance(value, list) else value


def table(resources: Iterable[Mapping[str, Any]]) -> dict[str, Row]:
    """The state's resources as `policies.examples` reads them, providers and the stack itself left out."""
    kept = [r for r in resources if not r["type"].startswith("pulumi:p") and not r.get("delete")]
    keys = {resource["urn"]: key_of(resource["urn"]) for resource in kept}
    if len(set(keys.values())) < len(keys):
        raise ValueError(f"two resources share a key: {sorted(keys.values())}")
    return {keys[resource["urn"]]: row(resource, keys) for resource in sorted(kept, key=lambda r: keys[r["urn"]])}


def row(resource: Mapping[str, Any], keys: Mapping[str, str]) -> Row:
    inputs, outputs = plain(resource.get("inputs") or {}), plain(resource.get("outputs") or {})
    links = {
        path: sorted(keys[urn] for urn in urns or () if urn in keys)
        for path, urns in sorted((resource.get("propertyDependencies") or {}).items())
    }
    found = {
        "type": resource["type"],
        "name": resource["urn"].rpartition("::")[2],
        "parent": keys.get(resource.get("parent") or ""),
        "protect": resource.get("protect"),
        "ignores": resource.get("ignoreChanges"),
        "properties": inputs,
        "adds": {key: value for key, value in outputs.items() if inputs.get(key) != value},
        "links": {path: names for path, names in links.items() if names},
    }
    return {key: value for key, value in found.items() if value}
