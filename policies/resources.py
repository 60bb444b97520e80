"""Resources and the stack they form: what a rule is given.

Relations are read from property dependencies, so they hold at preview while names and ARNs are still unknown; where
the value is known (a fixed endpoint name in a scaling target's resource id) it counts as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from .lookup import Index, has_many_parts, parts
from .properties import Mismatch, Properties, UnknownValueError
from .typenames import current_properties, current_type

SUBNET = "aws:ec2/subnet:Subnet"
Answer = TypeVar("Answer")


class Resource(Properties):
    """One resource: its properties, and what the engine knows about it beside them.

    `type` is the provider's present name of it, `written_type` the program's: providers keep older names for years.

    In a rule about one resource these are its inputs; in a rule about relations they are its outputs, and `declared`
    has the inputs: what a provider fills in by itself is not known before apply, what the program says is.
    """

    def __init__(
        self,
        type: str,
        name: str,
        urn: str,
        properties: Mapping[str, Any],
        *,
        ignores: Iterable[str] = (),
        protected: bool = False,
        parent: str = "",
        depends: Iterable[str] = (),
        links: Mapping[str, Iterable[str]] | None = None,
        deletes_first: bool = False,
        aliases: Iterable[str] = (),
        retained: bool = False,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        self.type = current_type(type)
        super().__init__(current_properties(self.type, properties))
        self.written_type = type
        self.name = name
        self.urn = urn
        self.ignores = tuple(ignores)
        self.protected = protected
        self.parent = parent
        self.depends = tuple(depends)
        self.links = {path: tuple(urns) for path, urns in (links or {}).items()}
        self.deletes_first = deletes_first
        self.aliases = tuple(aliases)
        self.retained = retained
        self._inputs = None if inputs is None else current_properties(self.type, inputs)

    @property
    def declared(self) -> Resource:
        """The resource with its inputs alone; itself where these are not known apart."""
        if self._inputs is None:
            return self
        made = copy(self)
        made.raw, made._inputs = self._inputs, None
        return made

    def _find(self, path: str) -> tuple[Any, bool]:
        """As for any properties; of an output that is not known yet, what the program says of it, if anything."""
        try:
            return super()._find(path)
        except UnknownValueError:
            if self._inputs is None:
                raise
            return Properties(self._inputs)._find(path)

    def auto_named(self, name: str) -> bool:
        """Whether the engine chose the name: the logical one and some random letters or digits."""
        return re.fullmatch(rf"{re.escape(self.name)}-?[0-9a-f]{{7,8}}", name, re.IGNORECASE) is not None

    def list_sources(self, path: str) -> tuple[str, ...]:
        """URNs of the resources that the property at the head of the path got its value from."""
        return self.links.get(re.split(r"[.\[]", path, maxsplit=1)[0], ())

    def text_if_known(self, path: str) -> str | None:
        """The text there; None where there is none, something else, or a value that is not known yet."""
        try:
            return self.text(path)
        except (UnknownValueError, Mismatch):
            return None

    def __str__(self) -> str:
        return f"{self.type.rpartition(':')[2]} {self.name!r}"


class Stack:
    """Every resource of a run, and who refers to whom. `before` is the stack as it was deployed, None if not known."""

    def __init__(self, resources: Iterable[Resource], before: Stack | None = None) -> None:
        self.resources = tuple(resources)
        self.before = before
        self._remembered: dict[Any, Any] = {}

    @property
    def deployed(self) -> Stack:
        """`before`, for rules about changes. Raises LookupError where it is not known; there they are not asked."""
        if self.before is None:
            raise LookupError("what was deployed is not known")
        return self.before

    def of(self, *types: str) -> list[Resource]:
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def successor(self, was: Resource) -> Resource | None:
        """What became of a resource of `before`, also under another name if an alias says so; None where it goes."""
        return self._by_urn.get(was.urn)

    def predecessor(self, now: Resource) -> Resource | None:
        """What a resource was before; None where it is new, or nothing is known of before."""
        known = self.before._by_urn if self.before else {}
        return next((known[urn] for urn in (now.urn, *now.aliases) if urn in known), None)

    def remember(self, key: Any, make: Callable[[], Answer]) -> Answer:
        """What `make` finds out about the whole stack: found once, not for each resource that a rule judges."""
        if key not in self._remembered:
            self._remembered[key] = make()
        return self._remembered[key]

    def refers(self, source: Resource, path: str, target: Resource) -> bool:
        """Whether `source` got its property `path` from `target`, or names it there.

        A name counts only where the engine knows of no dependency on a resource of that type, and in one region: the
        same name in two regions is two resources.
        """
        links = source.list_sources(path)
        if any(urn == target.urn or urn in self._ancestors(target) for urn in links):
            return True
        if any(_type_in(urn) == target.type for urn in links) or apart(source, target):
            return False
        value = source.text_if_known(path)
        return value is not None and any(_names(value, name) for name in _identities(target))

    def referring(self, target: Resource, type_: str, path: str) -> list[Resource]:
        """The resources of a type whose property `path` comes from `target`."""
        sources = self._by_type.get(type_, [])
        index = self.remember((type_, path), lambda: Index(_may_refer_to(source, path) for source in sources))
        near = (sources[at] for at in index.positions(self._list_keys(target)))
        return [source for source in near if self.refers(source, path, target)]

    def follow(self, source: Resource, path: str, *types: str) -> list[Resource]:
        """The resources of these types that `source` got its property `path` from."""
        targets = self.of(*types)
        index = self.remember(types, lambda: Index(self._list_keys(target) for target in targets))
        near = (targets[at] for at in index.positions(_may_refer_to(source, path)))
        return [target for target in near if self.refers(source, path, target)]

    def zones(self, source: Resource, path: str) -> int:
        """How many availability zones the subnets in a property lie in: their number where the zones are not known.

        Counts the subnets the property depends on, so that it can be told before any subnet has an id.
        """
        listed = source.count(path) if source.known(path) else None
        subnets = self.follow(source, path, SUBNET)
        zones = {subnet.text("availabilityZone") for subnet in subnets if subnet.has("availabilityZone")}
        if not zones:
            return source.count(path)
        return len(zones) if listed is None else min(len(zones), listed)

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        grouped: dict[str, list[Resource]] = {}
        for resource in self.resources:
            grouped.setdefault(resource.type, []).append(resource)
        return grouped

    @cached_property
    def _by_urn(self) -> dict[str, Resource]:
        aliased = {alias: resource for resource in self.resources for alias in resource.aliases}
        return {**aliased, **{resource.urn: resource for resource in self.resources}}

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {resource.urn: resource.parent for resource in self.resources}

    def _ancestors(self, resource: Resource) -> set[str]:
        """Components that made the resource: an output of a remote component depends on the component as a whole."""
        components: set[str] = set()
        parent = resource.parent
        while parent and parent not in components and "::pulumi:pulumi:Stack::" not in parent:
            components.add(parent)
            parent = self._parents.get(parent, "")
        return components

    def _list_keys(self, target: Resource) -> set[str]:
        """What a source that refers to the target has among its own keys (`_may_refer_to`)."""
        return {target.urn, *self._ancestors(target), *_identities(target)}


def _may_refer_to(source: Resource, path: str) -> set[str] | None:
    value = source.text_if_known(path) or ""
    return None if has_many_parts(value) else {*source.list_sources(path), *parts(value)}


def _type_in(urn: str) -> str:
    return current_type(urn.split("::")[2].rpartition("$")[2])


def apart(one: Resource, other: Resource) -> bool:
    """Whether both name their region and it is not the same."""
    regions = [
        resource.text("region") for resource in (one, other) if resource.known("region") and resource.has("region")
    ]
    return len(set(regions)) == 2


def _names(value: str, name: str) -> bool:
    return re.search(rf"(^|[/:]){re.escape(name)}($|[/:])", value) is not None


def _identities(target: Resource) -> Iterator[str]:
    """What others may write to mean this resource: what of it is known and long enough to be no accident."""
    for path in ("arn", "id", *OWN_NAMES.get(target.type, ("name",))):
        known = [target.text_if_known(part) for part in path.split(":")]
        name = ":".join(part or "" for part in known)
        if all(known) and len(name) > 2:
            yield name


OWN_NAMES = {
    "aws:appautoscaling/target:Target": ("resourceId",),
    "aws:lambda/alias:Alias": ("functionName:name",),
    "aws:lambda/function:Function": ("name", "functionName"),
    "aws:s3/bucket:Bucket": ("bucket",),
}
