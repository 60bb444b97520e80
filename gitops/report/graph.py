"""The diagram of a stack: its resource graph, made small enough to read.

An arrow from A to B says that B is built on A: B depends on A or is A's child. Columns are the longest way from a
resource that needs nothing. More than `MOST_NODES` resources are folded step by step, the least telling first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from gitops.records import Op, RunRecord, Step
from gitops.report.changes import LOUDEST_FIRST
from gitops.report.rows import changing_steps
from gitops.report.urns import is_plumbing
from gitops.report.words import common_start, environment_rank

MOST_NODES = 30


@dataclass(frozen=True)
class Node:
    """A box: one resource, `count` alike ones, with `folded` lesser ones hidden in it."""

    type: str
    name: str
    op: Op
    layer: int
    count: int = 1
    folded: int = 0


@dataclass(frozen=True)
class Graph:
    """Nodes by key and edges between keys, always from a lower layer to a higher one: there are no cycles."""

    nodes: dict[str, Node]
    edges: frozenset[tuple[str, str]]
    hidden: int = 0


@dataclass(frozen=True)
class Diagram:
    """`edges` are indexes into `nodes`; `hidden` counts the resources that found no place."""

    stack: str
    environment: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    hidden: int
    changed: bool


def diagrams(records: Iterable[RunRecord]) -> tuple[Diagram, ...]:
    """One per stack that has resources, drawn from its environment with the most changes, the latest among equals."""
    by_stack: dict[str, list[RunRecord]] = defaultdict(list)
    for record in records:
        if record.steps:
            by_stack[record.stack].append(record)
    chosen = (max(group, key=most_telling) for _, group in sorted(by_stack.items()))
    return tuple(drawn for drawn in map(diagram, chosen) if drawn.nodes)


def most_telling(record: RunRecord) -> tuple[int, tuple[int, str]]:
    return len(changing_steps(record)), environment_rank(record.environment)


def diagram(record: RunRecord) -> Diagram:
    graph = resource_graph(record.steps)
    for fold in FOLDS:
        if len(graph.nodes) > MOST_NODES:
            graph = fold(graph)
    order = {key: index for index, key in enumerate(graph.nodes)}
    edges = sorted((order[a], order[b]) for a, b in without_shortcuts(graph.edges))
    changed = any(node.op in LOUDEST_FIRST for node in graph.nodes.values())
    nodes = tuple(graph.nodes.values())
    return Diagram(record.stack, record.environment, nodes, tuple(edges), graph.hidden, changed)


def resource_graph(steps: Iterable[Step]) -> Graph:
    resources = {step.urn: step for step in steps if step.custom and not is_plumbing(step.type)}
    needs = {
        urn: {other for other in (*step.depends_on, step.parent or "") if other in resources and other != urn}
        for urn, step in resources.items()
    }
    layers = longest_ways(needs)
    nodes = {urn: Node(step.type, step.name, step.op, layers[urn]) for urn, step in resources.items()}
    return connected(nodes, ((other, urn) for urn, others in needs.items() for other in others))


def connected(nodes: dict[str, Node], edges: Iterable[tuple[str, str]], hidden: int = 0) -> Graph:
    """The graph with those edges that run from a lower layer to a higher one."""
    kept = ((a, b) for a, b in edges if a in nodes and b in nodes and nodes[a].layer < nodes[b].layer)
    return Graph(nodes, frozenset(kept), hidden)


def longest_ways(needs: dict[str, set[str]]) -> dict[str, int]:
    """The layer of each key, 0 for what needs nothing. Keys on a cycle, which no engine makes, get layer 0."""
    dependents: dict[str, list[str]] = defaultdict(list)
    for key, others in needs.items():
        for other in others:
            dependents[other].append(key)
    waiting = {key: len(others) for key, others in needs.items()}
    layers = dict.fromkeys(needs, 0)
    ready = [key for key, count in waiting.items() if not count]
    for key in ready:
        for dependent in dependents[key]:
            layers[dependent] = max(layers[dependent], layers[key] + 1)
            waiting[dependent] -= 1
            if not waiting[dependent]:
                ready.append(dependent)
    return {key: 0 if waiting[key] else layer for key, layer in layers.items()}


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
    return connected(nodes, graph.edges, graph.hidden)


def merge(graph: Graph, alike: Callable[[Node], object]) -> Graph:
    """Nodes that are `alike` become one, in the leftmost of their layers."""
    groups: dict[object, list[str]] = defaultdict(list)
    for key, node in graph.nodes.items():
        groups[alike(node)].append(key)
    home = {key: keys[0] for keys in groups.values() for key in keys}
    nodes = {keys[0]: merged([graph.nodes[key] for key in keys]) for keys in groups.values()}
    return connected(nodes, ((home[a], home[b]) for a, b in graph.edges), graph.hidden)


def merged(nodes: list[Node]) -> Node:
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
    return connected(nodes, graph.edges, graph.hidden + gone)


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


def without_shortcuts(edges: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges that no longer way replaces (transitive reduction of an acyclic graph)."""
    after: dict[str, set[str]] = defaultdict(set)
    for a, b in edges:
        after[a].add(b)
    reached: dict[str, set[str]] = {}

    def beyond(key: str) -> set[str]:
        if key not in reached:
            reached[key] = after[key].union(*(beyond(other) for other in sorted(after[key]))) if after[key] else set()
        return reached[key]

    return {(a, b) for a, b in edges if not any(b in beyond(other) for other in after[a] - {b})}
