"""The facts that no schema carries, from `aws.toml` and `azure.toml` beside this module.

A table's key is a Pulumi type token; what its fields mean stands at the head of `aws.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from rehearsal.provider_facts import paths, registry

Path = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is known of one type beyond its schema; paths are in Pulumi's names."""

    cfn: str | None = None
    unmapped: str | None = None
    force_new: frozenset[Path] | None = None
    replaces: frozenset[Path] = frozenset()
    updates: frozenset[Path] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    values: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def rule(self, path: Path) -> dict[str, Any] | None:
        """The table's own JSON schema for the value at a path, its list of offered values read in.

        A path may end in `*` in the table: any key of a map.
        """
        rule = self.values.get(path) or self.values.get((*path[:-1], "*"))
        if rule is None or "offered" not in rule:
            return rule
        return {**rule, "enum": registry.offered(rule["offered"])}


_NO_FACTS = Facts()
_EVERY_TYPE = "*"
_PATH_LISTS = {"force_new", "replaces", "updates"}
_FILES = {"aws": "aws.toml", "azure-native": "azure.toml"}
# azure-native offers every resource at several API versions: `azure-native:storage/v20240101:StorageAccount`.
_API_VERSION = re.compile(r"/v\d{8}(preview)?(?=:)")


@cache
def _table(file_name: str) -> dict[str, Facts]:
    text = (files("rehearsal.provider_facts") / file_name).read_text(encoding="utf-8")
    table = tomllib.loads(text)
    shared = table.pop("rules")
    entries = {token: _facts(entry, shared) for token, entry in table.items()}
    common = entries.setdefault(_EVERY_TYPE, _NO_FACTS)
    return {token: replace(facts, values={**common.values, **facts.values}) for token, facts in entries.items()}


def _facts(entry: dict[str, Any], shared: dict[str, Any]) -> Facts:
    fields = dict(entry)
    for key in _PATH_LISTS.intersection(fields):
        fields[key] = frozenset(paths.names(path) for path in fields[key])
    rules = fields.get("values", {}).items()
    fields["values"] = {paths.names(path): shared[rule] if isinstance(rule, str) else rule for path, rule in rules}
    return Facts(**fields)


def of(token: str) -> Facts:
    """The facts of a type; those of every type for one that needs no more."""
    package = token.partition(":")[0]
    if package not in _FILES:
        return _NO_FACTS
    table = _table(_FILES[package])
    return table.get(without_version(token), table[_EVERY_TYPE])


def without_version(token: str) -> str:
    """`azure-native:storage/v20240101:StorageAccount` → `azure-native:storage:StorageAccount`."""
    return _API_VERSION.sub("", token)


def tokens(package: str) -> frozenset[str]:
    """Every type of a package that its table says something about."""
    return frozenset(_table(_FILES[package])) - {_EVERY_TYPE}
