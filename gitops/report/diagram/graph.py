"""The resource graph of a run: an arrow from A to B says that B is built on A, its dependent or its child.

Layers are the longest way from a resource that needs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from gitops.records import Op, Step
from gitops.report.text.urns import is_plumbing


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


def resource_graph(steps: Iterable[Step]) -> Graph:
    resources = {step.urn: step for step in steps if step.custom and not is_plumbing(step.type)}
    needs = {
        urn: {other for other in (*step.depends_on, step.parent or "") if other in resources and other != urn}
        for urn, step in resources.items()
    }
    layers = longest_ways(needs)
    nodes = {urn: Node(step.type, step.name, step.op, layers[urn]) for urn, step in resources.items()}
    return connect(nodes, ((other, urn) for urn, others in needs.items() for other in others))


def connect(nodes: dict[str, Node], edges: Iterable[tuple[str, str]], hidden: int = 0) -> Graph:
    """The graph with those edges that run from a lower layer to a higher one."""
    kept = ((a, b) for a, b in edges if a in nodes and b in nodes and nodes[a].layer < nodes[b].layer)
    return Graph(nodes, frozenset(kept), hidden)


def longest_ways(needs: dict[str, set[str]]) -> dict[str, int]:
    """The layer of each key, 0 for what needs nothing; of keys in a circle, which no engine makes, 0 for all."""
    layers = dict.fromkeys(needs, 0)
    with suppress(CycleError):
        for key in tuple(TopologicalSorter(needs).static_order()):
            layers[key] = max((layers[other] + 1 for other in needs[key]), default=0)
    return layers


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
