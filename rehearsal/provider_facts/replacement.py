"""Whether a change to a property replaces the resource.

The sources, in order of trust, are facts about all types of a package, the type's facts in the tables, and
CloudFormation's `createOnlyProperties`. The most specific path wins. So `deploymentConfig` can be updated in place,
while `deploymentConfig.autoRollbackConfiguration` cannot.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from rehearsal.provider_facts import paths, registry, schema_paths, type_facts, type_names

Path = tuple[str, ...]


@lru_cache(maxsize=8192)
def replaces(type_token: str, path: str) -> bool:
    """Whether a change of the property at `path` forces a replacement.

    The path uses Pulumi's names and may contain list indices. Callers pass the path of the changed leaf. For the path
    of a block, the result says nothing about its members.
    """
    names = paths.names(path)
    if not names:
        return False
    package = type_token.partition(":")[0]
    if package == "aws":
        return _aws(type_token, names)
    return package == "azure-native" and _azure(type_token, names)


def _aws(token: str, names: Path) -> bool:
    if names[0] in ("tags", "tagsAll"):
        return False
    if names[0] in ("region", "namePrefix"):
        return True
    facts = type_facts.of(token)
    by_table = most_specific(names, facts.force_new or facts.replaces, facts.updates)
    if by_table is not None:
        return by_table
    return facts.force_new is None and _by_registry(token, names)


def _azure(token: str, names: Path) -> bool:
    """Whether a property replaces an Azure resource: its own name, a property that the tables list as replacing, or, if
    the tables do not list the property, a parameter of the resource's path (`…Name`)."""
    first, own = names[0], token.rpartition(":")[2]
    if first == f"{own[:1].lower()}{own[1:]}Name":
        return True
    facts = type_facts.of(token)
    by_table = most_specific(names, facts.replaces, facts.updates)
    return first.endswith("Name") and not first.endswith("SettingName") if by_table is None else by_table


def most_specific(names: Path, replacing: Iterable[Path], updating: Iterable[Path]) -> bool | None:
    longest = max((len(path) for path in replacing if paths.covers(path, names)), default=0)
    updated = max((len(path) for path in updating if paths.covers(path, names)), default=0)
    if not longest and not updated:
        return None
    return longest > updated


@cache
def _list_create_only(token: str) -> frozenset[Path]:
    cfn_type = type_names.cfn_type(token)
    if cfn_type is None:
        return frozenset()
    pointers = registry.schema(cfn_type).get("createOnlyProperties", ())
    return frozenset(
        tuple(part for part in pointer.split("/")[2:] if part not in ("*", "items")) for pointer in pointers
    )


def _by_registry(token: str, names: Path) -> bool:
    fixed = _list_create_only(token)
    if not fixed:
        return False
    in_cfn = schema_paths.translate(type_names.cfn_type(token) or "", names, type_facts.of(token).cfn_names)
    return any(paths.covers(pattern, in_cfn) for pattern in fixed)
