"""Findings the team has decided to live with for a while: `exemptions.yaml`, read, checked and applied.

An exemption names one kind of resource in one stack by URN pattern, one rule, why, who answers for it, and until when.
It never hides a finding: the finding stays, as advice, with the reason beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from .renamed import current_name
from .tables import Node, TableLine, read_table

FILE = Path(__file__).with_name("exemptions.yaml")
FIELDS = ("resource", "rule", "reason", "owner", "expires")
WILD = set("*?[")


@dataclass(frozen=True)
class Exemption:
    """One row of the list; it holds through the day `expires`, without one until its line is removed."""

    resource: str
    rule: str
    reason: str
    owner: str
    expires: date | None = None
    place: TableLine | None = None

    @property
    def until(self) -> str:
        return self.expires.isoformat() if self.expires else "its line is removed"

    def covers(self, rule: str, urn: str) -> bool:
        return rule == self.rule and fnmatchcase(urn, self.resource)

    def belongs_to(self, urn: str) -> bool:
        """Whether the pattern names the stack and project of this URN."""
        return urn.split("::")[:2] == self.resource.split("::")[:2]

    def faults(self, rules: Iterable[str], today: date) -> Iterator[str]:
        """Why the exemption may not be used; nothing if it may."""
        if self.rule not in rules:
            yield f"there is no rule {self.rule!r}"
        if self.expires and self.expires < today:
            yield f"expired on {self.expires} (owner {self.owner}): repair the finding, or renew it with a reason"
        if fault := _too_broad(self.resource):
            yield fault

    def __str__(self) -> str:
        if self.expires is None:
            return f"{self.reason.rstrip('.')} ({', '.join(filter(None, [self.owner, str(self.place or '')]))})"
        return f"{self.reason.rstrip('.')} (owner {self.owner}, expires {self.expires}, {self.place})"


def read_exemptions(file: Path = FILE) -> tuple[Exemption, ...]:
    """Reads the list. Raises BadTable naming the line: a missing, unknown or empty field, a date that is none."""
    for key, node in (items := list(read_table(file).items())):
        if key != "exemptions":
            node.refuse(f"found key {key!r}, expected 'exemptions' with a list")
    return tuple(_exemption(entry) for _, node in items for entry in node.entries())


def _exemption(node: Node) -> Exemption:
    fields = dict(node.items())
    for name, value in fields.items():
        if name not in FIELDS:
            value.refuse(f"unknown field {name!r}, expected {', '.join(FIELDS)}")
    if missing := [name for name in FIELDS if name not in fields]:
        node.refuse(f"no {', '.join(missing)}")
    texts = {name: value.text() for name, value in fields.items()}
    try:
        expires = date.fromisoformat(texts.pop("expires"))
    except ValueError:
        fields["expires"].refuse("expires: expected a date as YYYY-MM-DD")
    texts["rule"] = current_name(texts["rule"])
    return Exemption(**texts, expires=expires, place=node.place)


def _too_broad(pattern: str) -> str | None:
    parts = pattern.split("::", 3)
    if len(parts) < 4 or not parts[0].startswith("urn:pulumi:"):
        return f"resource: found {pattern!r}, expected urn:pulumi:<stack>::<project>::<type>::<name>"
    if any(WILD & set(part) for part in parts[:3]):
        return f"resource: {pattern!r} is too broad: name the stack, project and type, wildcards only in the name"
    if len([c for c in parts[3] if c not in "*?"]) < 3:
        return f"resource: {pattern!r} is too broad: give at least three characters of the resource's name"
    return None
