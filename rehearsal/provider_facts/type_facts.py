"""Facts about resource types that the SDKs do not state: ids, computed outputs, replacements and refused values.

Each service has a TOML file, `rehearsal/{aws,azure}/types/<service>.toml`, which is read when one of its types is first
needed. Each table describes a type; docs/teach-a-type.md explains the fields. `_common.toml` holds the facts that all
types share and the named rules that several services use.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.provider_facts import api_models, paths, registry
from rehearsal.tables import read_table

PropertyPath = tuple[str, ...]


@dataclass(frozen=True)
class TypeFacts:
    """The fields of a type's table. Property paths use Pulumi's names."""

    id: str | None = None
    arn: str | None = None
    name: Mapping[str, Any] | bool = True
    segment: str | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    nested: Mapping[str, Any] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    uncounted: frozenset[str] = frozenset()
    delete_before_replace: bool = False
    regional: bool = True
    cfn: str | None = None
    unmapped: str | None = None
    force_new: frozenset[PropertyPath] | None = None
    replaces: frozenset[PropertyPath] = frozenset()
    updates: frozenset[PropertyPath] = frozenset()
    cfn_names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[PropertyPath, dict[str, Any]] = field(default_factory=dict)
    relations: Sequence[Mapping[str, Any]] = ()

    def rule(self, path: PropertyPath) -> dict[str, Any] | None:
        """Returns the file's JSON schema for the value at a path, with an enum of the offered instance types if any.

        Returns None if the file has none. In the file, a path may end in `*` for any key of a map. `offered` names a
        list of cfn-lint's, `api` an enum of botocore's; where both are named, either may hold the value.
        """
        rule = self.values.get(path) or self.values.get((*path[:-1], "*"))
        if rule is None or not rule.keys() & {"offered", "api"}:
            return rule
        lists = (
            *([registry.list_offered(rule["offered"])] if "offered" in rule else []),
            *([api_models.list_accepted(rule["api"])] if "api" in rule else []),
        )
        return {**rule, "enum": frozenset().union(*lists)}


@dataclass(frozen=True)
class Service:
    """A service's file: its `[service]` table, its types, and its lookups and answers by function name."""

    arn_service: str | None = None
    cloudformation: Sequence[str] | None = None
    regional: bool = True
    namespace: str | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, TypeFacts] = field(default_factory=dict)
    lookups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_NO_FACTS, _NO_SERVICE = TypeFacts(), Service()
_ROOM = Path(__file__).parent.parent
_FOLDERS = {"aws": _ROOM / "aws" / "types", "azure-native": _ROOM / "azure" / "types"}
_COMMON = "_common"
_PATH_LISTS = frozenset({"force_new", "replaces", "updates"})
_SETS = frozenset({"always", "counters", "uncounted"})
_OWN_TABLES = frozenset({"types", "lookups", "answers"})
_LOOKUP_FIELDS = frozenset({"type", "lists", "arguments", "external"})
# azure-native offers every resource at several API versions: `azure-native:storage/v20240101:StorageAccount`.
_API_VERSION = re.compile(r"/v\d{8}(preview)?(?=:)")


def of(token: str) -> TypeFacts:
    """Returns the facts about a type. For a type that no file lists, these are the facts that all types share."""
    package, _, name = token.split(":")
    return _NO_FACTS if package not in _FOLDERS else service_of(token).types.get(name) or _every_type(package)


def service_of(token: str) -> Service:
    """Returns the service file's content for a type's or function's token; an empty Service if there is no file."""
    package, module, _ = token.split(":")
    return _service(package, module.partition("/")[0]) if package in _FOLDERS else _NO_SERVICE


def without_version(token: str) -> str:
    """Removes the API version from a token: `azure-native:storage/v20240101:…` becomes `azure-native:storage:…`."""
    return _API_VERSION.sub("", token)


@cache
def _every_type(package: str) -> TypeFacts:
    file = _FOLDERS[package] / f"{_COMMON}.toml"
    common = read_table(file)
    return _type_facts(f"{file}: [every_type]", common["every_type"], common["rules"])


@cache
def _service(package: str, module: str) -> Service:
    file = _FOLDERS[package] / f"{module}.toml"
    if not file.is_file():
        return _NO_SERVICE
    # The table is copied, because all threads of the providers share the one that was read.
    tables = dict(read_table(file))
    head = tables.pop("service", {})
    if "same_as" in head:
        return _service(package, head["same_as"])
    rules = read_table(file.with_stem(_COMMON))["rules"] | tables.pop("rules", {})
    lookups, answers = tables.pop("lookups", {}), tables.pop("answers", {})
    for name, table in lookups.items():
        _refuse_unknown(f"{file}: [lookups.{name}]", table, _LOOKUP_FIELDS)
    _refuse_unknown(f"{file}: [service]", head, {f.name for f in fields(Service)} - _OWN_TABLES)
    common = _every_type(package)
    types: dict[str, TypeFacts] = {}
    for name, table in tables.items():
        where = f"{file}: [{name}]"
        if "same_as" in table:
            _refuse_unknown(f"{where} same_as", [table["same_as"]], types)
            same, own = types[table["same_as"]], {key: value for key, value in table.items() if key != "same_as"}
            _refuse_unknown(f"{where} beside same_as", own, ("values",))
            types[name] = replace(same, values={**same.values, **_type_facts(where, own, rules).values})
        else:
            facts = _type_facts(where, table, rules)
            types[name] = replace(
                facts,
                values={**common.values, **facts.values},
                replaces=common.replaces | facts.replaces,
                updates=common.updates | facts.updates,
                relations=(*common.relations, *facts.relations),
            )
    return Service(**head, types=types, lookups=lookups, answers=answers)


def _type_facts(where: str, table: Mapping[str, Any], rules: Mapping[str, Any]) -> TypeFacts:
    """Raises ValueError, naming the field or rule, if the table uses one that does not exist."""
    _refuse_unknown(where, table, {f.name for f in fields(TypeFacts)})
    facts = dict(table)
    for key in _PATH_LISTS & facts.keys():
        facts[key] = frozenset(paths.names(path) for path in facts[key])
    for key in _SETS & facts.keys():
        facts[key] = frozenset(facts[key])
    given = facts.get("values", {})
    _refuse_unknown(f"{where} values", [rule for rule in given.values() if isinstance(rule, str)], rules)
    facts["values"] = {
        paths.names(path): rules[rule] if isinstance(rule, str) else rule for path, rule in given.items()
    }
    return TypeFacts(**facts)


def _refuse_unknown(where: str, found: Collection[str], known: Collection[str]) -> None:
    for name in found:
        if name not in known:
            raise ValueError(f"{where}: found {name!r}, expected one of {', '.join(sorted(known))}")
