"""Fits sections into a limited page: whole items or none, and every item left out is counted and named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gitops.report.text.words import listing


@dataclass(frozen=True)
class Item:
    """A piece that stands or falls whole. `name` is said, as plain text, if there is no room for it.

    Items are shown in the order given; those of low `rank` are the first to get room. `make` writes the text and is
    called only while there is room: a report of 100,000 changes shows a few hundred.
    """

    make: Callable[[], str]
    name: str = ""
    rank: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """Items between an opening and a closing. `share` limits it to a part of the whole page."""

    noun: str
    items: Sequence[Item]
    opening: str = ""
    closing: str = ""
    share: float = 1.0


@dataclass
class Page:
    """Text that never grows beyond `limit` UTF-8 bytes, so never beyond as many characters."""

    limit: int
    parts: list[str] = field(default_factory=list)
    left_out: list[tuple[str, list[str]]] = field(default_factory=list)
    used: int = 0

    def write(self, text: str) -> None:
        """Text that must be there, whatever else is."""
        self.parts.append(text)
        self.used += size(text)

    def add(self, section: Section) -> None:
        """As many items of the section as there is room for; nothing at all for a section without items."""
        if not section.items:
            return
        frame = size(section.opening) + size(section.closing)
        room = min(self.limit - self.used, int(self.limit * section.share)) - frame
        chosen = choose(section.items, room)
        if chosen:
            self.write(section.opening + "".join(chosen.values()) + section.closing)
        missing = [item.name for index, item in enumerate(section.items) if index not in chosen]
        if missing:
            self.left_out.append((section.noun, missing))

    def text(self) -> str:
        return "".join(self.parts)


def choose(items: Sequence[Item], room: int) -> dict[int, str]:
    """The texts that get room, by index, in order. The first that does not fit ends the choice: no gaps by size."""
    chosen: dict[int, str] = {}
    for index in sorted(range(len(items)), key=lambda i: items[i].rank):
        text = items[index].make()
        room -= size(text)
        if room < 0:
            break
        chosen[index] = text
    return dict(sorted(chosen.items()))


def size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def name_left_out(left_out: Iterable[tuple[str, list[str]]]) -> list[str]:
    """`214 changes (ecs_service, lambda_api and 3 more)` for each kind of thing left out, the same kind once."""
    kinds: dict[str, list[str]] = {}
    for noun, names in left_out:
        kinds.setdefault(noun, []).extend(names)
    names_of_kinds = []
    for noun, names in kinds.items():
        distinct = list(dict.fromkeys(name for name in names if name))
        names_of_kinds.append(f"{len(names):,} {noun}" + (f" ({listing(distinct, limit=3)})" if distinct else ""))
    return names_of_kinds
