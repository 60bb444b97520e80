"""A program as the engine describes it: the resources, and the resources that each property's value comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rehearsal.provider_facts import paths
from rehearsal.values import UNKNOWN

_INDEX = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True)
class Resource:
    """A resource that the program declares.

    `inputs` hold `UNKNOWN` in place of secrets and values that are not known yet. `sources` maps each top-level
    property to the URNs that its value comes from. `after` holds the URNs that must exist first. `new` is true if the
    resource does not exist yet. `region` is empty if no AWS region is named. `provider` is a URN.
    """

    urn: str
    type: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    region: str = ""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: frozenset[str] = frozenset()
    new: bool = True
    provider: str = ""

    def get(self, path: str, default: Any = None) -> Any:
        """Returns the input at a path (`loadBalancers[0].targetGroupArn`); `default` if it is missing or empty."""
        value: Any = self.inputs
        for index, name in _INDEX.findall(path):
            if value is UNKNOWN:
                return UNKNOWN
            if index:
                value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
            else:
                value = value.get(name) if isinstance(value, Mapping) else None
        return default if value is None or value == "" or value == [] else value

    def list(self, path: str) -> list[Any]:
        """Returns the list at a path; an empty list if there is none or it is unknown."""
        value = self.get(path)
        return value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []

    def blocks(self, path: str) -> list[tuple[str, Resource]]:
        """Returns the objects of the list at a path, each with its own path and wrapped as a `Resource`."""
        items = enumerate(self.list(path))
        return [
            (f"{path}[{index}]", Resource(self.urn, "", item)) for index, item in items if isinstance(item, Mapping)
        ]

    def text(self, path: str) -> str:
        """Returns the text at a path; empty if the value is unknown or not a text."""
        value = self.get(path)
        return value if isinstance(value, str) else ""

    def number(self, path: str) -> float | None:
        return as_number(self.get(path))

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]


class Program:
    """All resources of one stack, and methods that follow references between them."""

    def __init__(self, resources: Iterable[Resource], components: Mapping[str, frozenset[str]] | None = None) -> None:
        """`components` maps a component's URN to its dependencies, which all of its resources wait for."""
        self.resources = tuple(resources)
        self.after = {**(components or {}), **{resource.urn: resource.after for resource in self.resources}}
        self.by_urn = {resource.urn: resource for resource in self.resources}
        self.groups: dict[tuple[str, ...], dict[str, list[Resource]]] = {}
        """For a type and some of its paths: the resources by their values there, kept by `rehearsal.judge.alike`."""
        self._chains: dict[str, int] = {}

    def of(self, *types: str) -> Iterator[Resource]:
        for kind in types:
            yield from self._by_type.get(kind, ())

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def _by_identity(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            for word in _identities(resource):
                found.setdefault(word, []).append(resource)
        return found

    def refers(self, resource: Resource, path: str, *types: str) -> list[Resource]:
        """Returns the resources of `types` that the value at `path` certainly refers to.

        For an unknown value, these are the resources that it comes from; for a known one, the resource that it names,
        or that it comes from and contains the identity of. If it could mean one of several resources, they are left
        out, because a refusal must not rest on a guess.
        """
        value = resource.get(path)
        items = value if isinstance(value, list) else [] if value is None else [value]
        top = paths.names(path)[0]
        sources = (self.by_urn[urn] for urn in resource.sources.get(top, ()) if urn in self.by_urn)
        candidates = [source for source in sources if source.type in types]
        texts = [item for item in items if isinstance(item, str)]
        named = [self._find_by_identity(item, types) or _find_inside(item, candidates) for item in texts]
        referred = [target for target in named if target]
        unknown = sum(item is UNKNOWN for item in items)
        if not unknown:
            return referred
        candidates = [candidate for candidate in candidates if candidate not in referred]
        certain = (value is UNKNOWN and _is_plural(top, path)) or len(candidates) <= unknown
        return referred + candidates if certain else referred

    def refer(self, resource: Resource, path: str, *types: str) -> Resource | None:
        """Returns the only resource that `refers` finds; None if it finds none or several."""
        referred = self.refers(resource, path, *types)
        return referred[0] if len(referred) == 1 else None

    def referring(self, target: Resource, path: str, *types: str) -> Iterator[Resource]:
        """Yields the resources of `types` whose value at `path` refers to `target`, alone or in a list."""
        for resource in self.of(*types):
            if target in self.refers(resource, path, target.type):
                yield resource

    def find_by_identity(self, word: str) -> Resource | None:
        """Returns the only resource with this id, ARN or name; None if there is none or more than one."""
        holders = {resource.urn: resource for resource in self._by_identity.get(word, ())}
        return next(iter(holders.values())) if len(holders) == 1 else None

    def waits_for(self, resource: Resource, *others: Resource) -> bool:
        """Whether `resource` depends on one of `others`, directly or through other resources.

        A dependency on an awsx component is a dependency on all of its resources, because the component's outputs
        are available only when all of them exist.
        """
        components = {component_of(other) for other in others} - {""}
        wanted, seen, open_ = {other.urn for other in others}, set[str](), [resource.urn]
        while open_:
            urn = open_.pop()
            if urn in seen:
                continue
            seen.add(urn)
            if urn in wanted or (urn != resource.urn and component_of(self.by_urn.get(urn)) in components):
                return True
            open_ += self.after.get(urn, ())
        return False

    def is_too_early(self, resource: Resource, other: Resource) -> bool:
        """Whether `resource`, which names the new resource `other`, does not wait for it and is not made later anyway.

        It is made later if it waits for a longer chain of new resources.
        """
        later = self._waits(resource.urn) > self._waits(other.urn)
        return other.new and not later and not self.waits_for(resource, other)

    def _waits(self, urn: str) -> int:
        """The length of the longest chain of new resources that must be made before this one."""
        if urn not in self._chains:
            self._chains[urn] = 0  # no program has a circle; this ends one all the same
            new = [before for before in self.after.get(urn, ()) if before in self.by_urn and self.by_urn[before].new]
            self._chains[urn] = max((1 + self._waits(before) for before in new), default=0)
        return self._chains[urn]

    def _find_by_identity(self, word: str, types: tuple[str, ...]) -> Resource | None:
        holders = {resource.urn: resource for resource in self._by_identity.get(word, ()) if resource.type in types}
        return next(iter(holders.values())) if len(holders) == 1 else None


def component_of(resource: Resource | None) -> str:
    """Returns the type of the awsx component that made a resource (`awsx:lb:ApplicationLoadBalancer`), or ""."""
    types = resource.urn.split("::")[2].split("$") if resource and resource.urn else ()
    return next((token for token in types if token.startswith("awsx:")), "")


def list_repeated(names: Iterable[str]) -> list[str]:
    """Returns the names that occur more than once, except the empty name."""
    return sorted(name for name, count in Counter(filter(None, names)).items() if count > 1)


def as_number(value: Any) -> float | None:
    """Converts a number or a numeric text to a float; returns None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _identities(resource: Resource) -> set[str]:
    facts = {**resource.inputs, **resource.outputs}
    words = {resource.id} | {
        facts.get(name) for name in ("arn", "name", "bucket", "functionName", "clusterIdentifier", "url", "id")
    }
    return {word for word in words if isinstance(word, str) and word}


def _find_inside(text: str, candidates: Iterable[Resource]) -> Resource | None:
    """Returns the only candidate whose identity is in the text, as a bucket in `s3://BUCKET/model`."""
    holders = [candidate for candidate in candidates if any(word in text for word in _identities(candidate))]
    return holders[0] if len(holders) == 1 else None


def _is_plural(top: str, path: str) -> bool:
    """Whether an unknown value at `path` may be a list, because the last name on the path is a plural."""
    last = paths.names(path)[-1]
    return (last.endswith("s") and not last.endswith("ss")) or top.endswith("Ids")
