"""Updates that change nothing but tags: the same change on hundreds of resources is said once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gitops.records import Op, PropertyDiff, RunRecord, Step
from gitops.report.steps import select_changing_steps
from gitops.report.text.words import add_environments, plural

TAGS = re.compile(r"tags(?:All)?(?:$|[.\[])")
MIRRORED = re.compile(r"tagsAll(?:$|[.\[])")
"""What AWS's provider computes of `tags` and the provider's own defaults."""


@dataclass(frozen=True)
class TagChange:
    """One change of tags and every place that gets it: `places` are `stack: resource in dev and prod`."""

    diffs: tuple[PropertyDiff, ...]
    places: tuple[str, ...]
    resources: int

    @property
    def title(self) -> str:
        """`the tag owner of 278 resources`."""
        keys = sorted({tag_of(diff) for diff in self.diffs} - {""})
        what = f"the tag{'s' if len(keys) > 1 else ''} {', '.join(keys)}" if keys else "the tags"
        return f"{what} of {plural(self.resources, 'resource')}"


def changes_tags_alone(step: Step) -> bool:
    return step.op is Op.UPDATE and bool(step.diffs) and all(TAGS.match(diff.path) for diff in step.diffs)


def collect_tag_changes(records: Iterable[RunRecord]) -> tuple[TagChange, ...]:
    """Every change of tags alone, the one on most resources first."""
    groups: dict[str, tuple[tuple[PropertyDiff, ...], dict[str, list[str]]]] = {}
    for record in records:
        for step in filter(changes_tags_alone, select_changing_steps(record)):
            diffs = tuple(diff for diff in step.diffs if not MIRRORED.match(diff.path)) or step.diffs
            _, places = groups.setdefault(repr(diffs), (diffs, {}))
            places.setdefault(f"{record.stack}: {step.name}", []).append(record.environment)
    changes = (
        TagChange(diffs, tuple(add_environments(*place) for place in places.items()), sum(map(len, places.values())))
        for diffs, places in groups.values()
    )
    return tuple(sorted(changes, key=lambda change: -change.resources))


def tag_of(diff: PropertyDiff) -> str:
    """`tags.owner` → `owner`, empty for the tags as a whole."""
    return TAGS.sub("", diff.path, count=1).strip('."[]')
