"""Finding what refers to what by looking up, so that judging a stack takes time in proportion to its size.

`Stack.refers` says what a reference is; asked about every pair of resources it would make judging quadratic. Whatever
refers to a resource shares a key with it (a URN, a name), and an index by key gives the few pairs to ask about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SEPARATORS = "/:"
MOST_PARTS = 40


class Index:
    """Positions of entries by their keys. An entry or a question whose keys are None may match anything."""

    def __init__(self, entries: Iterable[Iterable[str] | None]) -> None:
        self._by_key: dict[str, list[int]] = {}
        self._anywhere: list[int] = []
        self._size = 0
        for position, keys in enumerate(entries):
            self._size += 1
            if keys is None:
                self._anywhere.append(position)
            else:
                for key in set(keys):
                    self._by_key.setdefault(key, []).append(position)

    def positions(self, keys: Iterable[str] | None) -> list[int]:
        """Of the entries that share a key with these, in the order they were given."""
        if keys is None:
            return list(range(self._size))
        return sorted({*self._anywhere, *(at for key in keys for at in self._by_key.get(key, ()))})


def parts(value: str) -> Iterator[str]:
    """Every part of a value between two of its separators: `a:b/c` has a, a:b, a:b/c, b, b/c and c."""
    cuts = [index for index, character in enumerate(value) if character in SEPARATORS]
    for start in (0, *(cut + 1 for cut in cuts)):
        for end in (*cuts, len(value)):
            if start < end:
                yield value[start:end]


def has_many_parts(value: str) -> bool:
    """Whether a value is a document rather than a name: its parts would be more than comparing costs."""
    return sum(value.count(separator) for separator in SEPARATORS) > MOST_PARTS
