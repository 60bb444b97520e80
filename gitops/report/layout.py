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

from gitops.report.diagram import Diagram

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
class Place:
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


def layout(diagram: Diagram) -> Layout:
    layers = sorted({node.layer for node in diagram.nodes})
    column_of = {layer: column for column, layer in enumerate(layers)}
    places = [Place(index, column_of[node.layer]) for index, node in enumerate(diagram.nodes)]
    chains = [chain(places[a], places[b]) for a, b in diagram.edges]
    columns: list[list[Place]] = [[] for _ in layers]
    for place in [*places, *(bend for links in chains for bend in links[1:-1])]:
        columns[place.column].append(place)
    arrange(columns, chains)
    height = max((place.y + place.height for place in places), default=0)
    bends = [place.y + place.height for links in chains for place in links]
    boxes = tuple(Box(place.index, left(place), place.y) for place in places)
    lines = tuple((links[0].index, links[-1].index, path(links)) for links in chains)
    width = len(columns) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP
    return Layout(width, max([height, *bends]), boxes, lines)


def chain(start: Place, end: Place) -> list[Place]:
    """The line from `start` to `end` with one bend in each column between."""
    return [start, *(Place(-1, column) for column in range(start.column + 1, end.column)), end]


def arrange(columns: list[list[Place]], chains: Sequence[list[Place]]) -> None:
    """Moves every place: order by neighbours, then as near to them as the others allow, then all to the top."""
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
            wanted = {id(place): mean(neighbours[id(place)], place.middle) for place in column}
            column.sort(key=lambda place: wanted[id(place)])
            stack(column, [wanted[id(place)] - place.height / 2 for place in column])
    top = min((place.y for column in columns for place in column), default=0)
    for column in columns:
        for place in column:
            place.y = round(place.y - top)


def mean(neighbours: Sequence[Place], otherwise: float) -> float:
    return sum(place.middle for place in neighbours) / len(neighbours) if neighbours else otherwise


def stack(column: Sequence[Place], wanted: Sequence[float]) -> None:
    """Places one under the other in order, none overlapping, their mean where they wanted it."""
    y = float("-inf")
    for place, wish in zip(column, wanted, strict=True):
        place.y = max(y, wish)
        y = place.y + place.height + ROW_GAP
    if column:
        shift = sum(wish - place.y for place, wish in zip(column, wanted, strict=True)) / len(column)
        for place in column:
            place.y += shift


def left(place: Place) -> float:
    return place.column * (BOX_WIDTH + COLUMN_GAP)


def path(links: Sequence[Place]) -> str:
    """A curve out of the right side of the first box, through the bends, into the left side of the last."""
    x, y = left(links[0]) + BOX_WIDTH, links[0].middle
    parts = [f"M{x:g} {y:g}"]
    for place in links[1:]:
        to_x, to_y = left(place), place.middle
        half = (to_x - x) / 2
        parts.append(f"C{x + half:g} {y:g} {to_x - half:g} {to_y:g} {to_x:g} {to_y:g}")
        x, y = to_x, to_y
        if place.index < 0:
            x += BOX_WIDTH
            parts.append(f"H{x:g}")
    return " ".join(parts)
