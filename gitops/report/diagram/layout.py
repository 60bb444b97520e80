"""Where the boxes and lines of a diagram go: layers from left to right, crossings reduced, no randomness.

The usual three steps of layered drawing (Sugiyama, Tagawa, Toda 1981): the layers come with the diagram; long edges are
broken into one bend per layer; each layer is ordered by the mean position of its neighbours, a few sweeps there and
back. All lengths are SVG user units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gitops.report.diagram.diagram import Diagram

BOX_WIDTH, BOX_HEIGHT = 168, 40
COLUMN_GAP, ROW_GAP = 30, 10
BEND_HEIGHT = 10
SWEEPS = 6


@dataclass(frozen=True)
class Box:
    """The top left corner of the box of the node with this index."""

    index: int
    x: float
    y: float


@dataclass(frozen=True)
class Layout:
    """`lines` are paths in SVG's syntax, each with the indexes of the nodes it joins."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int, str], ...]


@dataclass
class Slot:
    """A box or, with `index` -1, a bend of a long line, while it is being moved."""

    index: int
    column: int
    y: float = 0.0

    @property
    def height(self) -> float:
        return BEND_HEIGHT if self.index < 0 else BOX_HEIGHT

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def lay_out(diagram: Diagram) -> Layout:
    layers = sorted({node.layer for node in diagram.nodes})
    column_of = {layer: column for column, layer in enumerate(layers)}
    slots = [Slot(index, column_of[node.layer]) for index, node in enumerate(diagram.nodes)]
    chains = [chain(slots[a], slots[b]) for a, b in diagram.edges]
    columns: list[list[Slot]] = [[] for _ in layers]
    for slot in [*slots, *(bend for links in chains for bend in links[1:-1])]:
        columns[slot.column].append(slot)
    arrange(columns, chains)
    height = max((slot.y + slot.height for slot in slots), default=0)
    bends = [slot.y + slot.height for links in chains for slot in links]
    boxes = tuple(Box(slot.index, left_edge(slot), slot.y) for slot in slots)
    lines = tuple((links[0].index, links[-1].index, path(links)) for links in chains)
    width = len(columns) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP
    return Layout(width, max([height, *bends]), boxes, lines)


def chain(start: Slot, end: Slot) -> list[Slot]:
    """The line from `start` to `end` with one bend in each column between."""
    return [start, *(Slot(-1, column) for column in range(start.column + 1, end.column)), end]


def arrange(columns: list[list[Slot]], chains: Sequence[list[Slot]]) -> None:
    """Moves every slot: order by neighbours, then as near to them as the others allow, then all to the top."""
    before, after = defaultdict(list), defaultdict(list)
    for links in chains:
        for a, b in pairwise(links):
            after[id(a)].append(b)
            before[id(b)].append(a)
    for column in columns:
        stack(column, [0.0] * len(column))
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        for column in columns if forward else columns[::-1]:
            wanted = {id(slot): mean(neighbours[id(slot)], slot.middle) for slot in column}
            column.sort(key=lambda slot: wanted[id(slot)])
            stack(column, [wanted[id(slot)] - slot.height / 2 for slot in column])
    top = min((slot.y for column in columns for slot in column), default=0)
    for column in columns:
        for slot in column:
            slot.y = round(slot.y - top)


def mean(neighbours: Sequence[Slot], otherwise: float) -> float:
    return sum(slot.middle for slot in neighbours) / len(neighbours) if neighbours else otherwise


def stack(column: Sequence[Slot], wanted: Sequence[float]) -> None:
    """Places one under the other in order, none overlapping, their mean where they wanted it."""
    y = float("-inf")
    for slot, wish in zip(column, wanted, strict=True):
        slot.y = max(y, wish)
        y = slot.y + slot.height + ROW_GAP
    if column:
        shift = sum(wish - slot.y for slot, wish in zip(column, wanted, strict=True)) / len(column)
        for slot in column:
            slot.y += shift


def left_edge(slot: Slot) -> float:
    return slot.column * (BOX_WIDTH + COLUMN_GAP)


def path(links: Sequence[Slot]) -> str:
    """A curve out of the right side of the first box, through the bends, into the left side of the last."""
    x, y = left_edge(links[0]) + BOX_WIDTH, links[0].middle
    parts = [f"M{x:g} {y:g}"]
    for slot in links[1:]:
        to_x, to_y = left_edge(slot), slot.middle
        half = (to_x - x) / 2
        parts.append(f"C{x + half:g} {y:g} {to_x - half:g} {to_y:g} {to_x:g} {to_y:g}")
        x, y = to_x, to_y
        if slot.index < 0:
            x += BOX_WIDTH
            parts.append(f"H{x:g}")
    return " ".join(parts)
