"""Spreading targets over the jobs ("legs") of a workflow's matrix, and ordering those that depend on each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from types import MappingProxyType

from gitops.checkout.impact import Affected
from gitops.checkout.targets import Target

MOST = 256
"""GitHub's limit of a matrix: https://docs.github.com/en/actions/reference/limits"""

Leg = tuple[Target, ...]


def spread_previews(
    targets: Sequence[Target], most: int = MOST, seconds: Mapping[str, float] = MappingProxyType({})
) -> tuple[Leg, ...]:
    """One leg for each stack, which imports its SDK once for all environments; the shortest legs are joined if there
    are too many.

    `seconds` says how long targets took the last time; a missing target counts as the median. The longest leg comes
    first, because if it started last, everything would wait for it.
    """
    usual = median(seconds.values()) if seconds else 1.0

    def weigh(leg: Leg) -> float:
        return sum(seconds.get(str(target), usual) for target in leg)

    legs = [tuple(t for t in targets if t.stack == stack) for stack in dict.fromkeys(t.stack for t in targets)]
    while len(legs) > most:
        legs.sort(key=weigh)
        legs[:2] = [legs[0] + legs[1]]
    return tuple(sorted(legs, key=lambda leg: (-weigh(leg), leg)))


def spread_deployments(affected: Iterable[Affected]) -> tuple[Leg, ...]:
    """One leg for each target. Targets that read each other's outputs share a leg, in which each comes after those it
    reads."""
    affected = tuple(affected)
    legs: list[set[Target]] = []
    for entry in affected:
        tied = {entry.target, *entry.after}
        together = [leg for leg in legs if leg & tied]
        legs = [leg for leg in legs if leg not in together] + [tied.union(*together)]
    ordered = [target for wave in sort_into_waves(affected) for target in wave]
    ordered_legs = [tuple(target for target in ordered if target in leg) for leg in legs]
    while len(ordered_legs) > MOST:
        ordered_legs.sort(key=len)
        ordered_legs[:2] = [ordered_legs[0] + ordered_legs[1]]
    return tuple(sorted(ordered_legs))


def sort_into_waves(affected: Sequence[Affected]) -> tuple[Leg, ...]:
    """The targets in waves: each target comes after those whose outputs it reads. Two that read each other get two
    waves."""
    waiting, waves = {entry.target: set(entry.after) for entry in affected}, list[Leg]()
    while waiting:
        ready = [target for target, after in waiting.items() if not after & waiting.keys()] or list(waiting)[:1]
        for target in ready:
            del waiting[target]
        waves.append(tuple(ready))
    return tuple(waves)
