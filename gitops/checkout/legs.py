"""Spreading targets over the legs of a workflow's matrix, and the order of those that wait for each other."""

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
    """A leg for each stack, which imports its SDK once for all environments; the shortest ones share if they must.

    `seconds` is what targets took last time; one that is not in it counts as the median of those that are. The longest
    leg comes first: whoever starts it last waits for it alone.
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
    """A leg for each target; targets that read outputs of each other share one, in order, each after what it reads."""
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
    """The targets in waves: each after those it reads outputs of. Two that read each other go one after the other."""
    waiting, waves = {entry.target: set(entry.after) for entry in affected}, list[Leg]()
    while waiting:
        ready = [target for target, after in waiting.items() if not after & waiting.keys()] or list(waiting)[:1]
        for target in ready:
            del waiting[target]
        waves.append(tuple(ready))
    return tuple(waves)
