"""The diagram of each stack, drawn from its resource graph; `mermaid` and `layout` give it a form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gitops.records import RunRecord
from gitops.report.diagram.folding import fold
from gitops.report.diagram.graph import Node, resource_graph, without_shortcuts
from gitops.report.steps import LOUDEST_FIRST, select_changing_steps
from gitops.report.text.words import environment_rank


@dataclass(frozen=True)
class Diagram:
    """`edges` are indexes into `nodes`; `hidden` counts the resources that found no place."""

    stack: str
    environment: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    hidden: int
    changed: bool


def draw_diagrams(records: Iterable[RunRecord]) -> tuple[Diagram, ...]:
    """One per stack that has resources, drawn from its environment with the most changes, the latest among equals."""
    by_stack: dict[str, list[RunRecord]] = defaultdict(list)
    for record in records:
        if record.steps:
            by_stack[record.stack].append(record)
    chosen = (max(group, key=rank_by_changes) for _, group in sorted(by_stack.items()))
    return tuple(drawn for drawn in map(draw_diagram, chosen) if drawn.nodes)


def rank_by_changes(record: RunRecord) -> tuple[int, tuple[int, str]]:
    return len(select_changing_steps(record)), environment_rank(record.environment)


def draw_diagram(record: RunRecord) -> Diagram:
    graph = fold(resource_graph(record.steps))
    order = {key: index for index, key in enumerate(graph.nodes)}
    edges = sorted((order[a], order[b]) for a, b in without_shortcuts(graph.edges))
    changed = any(node.op in LOUDEST_FIRST for node in graph.nodes.values())
    nodes = tuple(graph.nodes.values())
    return Diagram(record.stack, record.environment, nodes, tuple(edges), graph.hidden, changed)
