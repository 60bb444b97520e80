"""Makes a resource graph small enough to read, the least telling first; nothing goes without being counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

from gitops.records import Op
from gitops.report.diagram.graph import Graph, Node, connect
from gitops.report.steps import LOUDEST_FIRST
from gitops.report.text.words import common_start

MOST_NODES = 30


def fold(graph: Graph) -> Graph:
    """The graph with at most `MOST_NODES` nodes, by as few of `FOLDS` as it takes."""
    for smaller in FOLDS:
        if len(graph.nodes) > MOST_NODES:
            graph = smaller(graph)
    return graph


def fold_satellites(graph: Graph) -> Graph:
    """A resource that one other carries, that nothing needs and that changes no more than its carrier, joins it."""
    carriers, needed = defaultdict(list), Counter(a for a, _ in graph.edges)
    for a, b in sorted(graph.edges):
        carriers[b].append(a)
    home = {
        key: carriers[key][0]
        for key, node in graph.nodes.items()
        if len(carriers[key]) == 1 and not needed[key] and node.op in (Op.SAME, graph.nodes[carriers[key][0]].op)
    }
    joined = Counter(home.values())
    nodes = {k: replace(n, folded=n.folded + joined[k]) for k, n in graph.nodes.items() if k not in home}
    return connect(nodes, graph.edges, graph.hidden)


def merge(graph: Graph, alike: Callable[[Node], object]) -> Graph:
    """Nodes that are `alike` become one, in the leftmost of their layers."""
    groups: dict[object, list[str]] = defaultdict(list)
    for key, node in graph.nodes.items():
        groups[alike(node)].append(key)
    home = {key: keys[0] for keys in groups.values() for key in keys}
    nodes = {keys[0]: merge_nodes([graph.nodes[key] for key in keys]) for keys in groups.values()}
    return connect(nodes, ((home[a], home[b]) for a, b in graph.edges), graph.hidden)


def merge_nodes(nodes: list[Node]) -> Node:
    """One node for several, named by what their names begin with."""
    if len(nodes) == 1:
        return nodes[0]
    count, folded = sum(node.count for node in nodes), sum(node.folded for node in nodes)
    start = common_start([node.name for node in nodes]).rstrip("-_.…")
    name = f"{start if len(start) > 2 else nodes[0].name.rstrip('…')}…"
    return replace(nodes[0], name=name, layer=min(node.layer for node in nodes), count=count, folded=folded)


def hide(graph: Graph, kept: set[str]) -> Graph:
    nodes = {key: node for key, node in graph.nodes.items() if key in kept}
    gone = sum(n.count + n.folded for key, n in graph.nodes.items() if key not in kept)
    return connect(nodes, graph.edges, graph.hidden + gone)


def hide_bystanders(graph: Graph) -> Graph:
    """Only what changes and its neighbours stay, if anything changes at all."""
    changed = {key for key, node in graph.nodes.items() if node.op in LOUDEST_FIRST}
    near = {key for edge in graph.edges if changed & set(edge) for key in edge}
    return hide(graph, changed | near) if changed else graph


def hide_quietest(graph: Graph) -> Graph:
    """The loudest operations stay, then what most others touch."""
    touched = Counter(key for edge in graph.edges for key in edge)

    def rank(key: str) -> tuple[int, int]:
        op = graph.nodes[key].op
        return (LOUDEST_FIRST.index(op) if op in LOUDEST_FIRST else len(LOUDEST_FIRST)), -touched[key]

    return hide(graph, set(sorted(graph.nodes, key=rank)[:MOST_NODES]))


FOLDS: tuple[Callable[[Graph], Graph], ...] = (
    fold_satellites,
    lambda graph: merge(graph, lambda node: (node.type, node.op, node.layer)),
    hide_bystanders,
    lambda graph: merge(graph, lambda node: (node.type, node.op)),
    hide_quietest,
)
"""Ways to make a graph smaller, tried in this order until it is small enough."""
