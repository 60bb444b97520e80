"""A stack's diagram as Mermaid, which GitHub draws inside a comment."""

from __future__ import annotations

from gitops.records import Op
from gitops.report.diagram.diagram import Diagram
from gitops.report.diagram.graph import Node
from gitops.report.text.escape.mermaid import label
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import class_name

STYLES = {
    Op.CREATE: "fill:#dafbe1,stroke:#1a7f37,color:#0d3d1c",
    Op.UPDATE: "fill:#fff4d6,stroke:#9a6700,color:#4d3300",
    Op.REPLACE: "fill:#ffe3d5,stroke:#bc4c00,color:#5c2500,stroke-width:2px",
    Op.DELETE: "fill:#ffe2e0,stroke:#cf222e,color:#6b0f17,stroke-width:2px,stroke-dasharray:5 3",
    Op.IMPORT: "fill:#ddf4ff,stroke:#0969da,color:#062c55",
}
"""Each sets its text colour too, so that it can be read on GitHub's light and dark pages."""


def render(diagram: Diagram) -> str:
    """A flowchart, left to right. Ids are ours; nothing of the data is outside a quoted, escaped label."""
    lines = ["flowchart LR"]
    lines += [f'  n{index}["{text(node)}"]{style(node)}' for index, node in enumerate(diagram.nodes)]
    lines += [f"  n{a} --> n{b}" for a, b in diagram.edges]
    used = {node.op for node in diagram.nodes}
    lines += [f"  classDef {op.value} {css}" for op, css in STYLES.items() if op in used]
    return "\n".join(lines)


def text(node: Node) -> str:
    mark = f"{MARKS[node.op]} " if MARKS[node.op] else ""
    count = f"{node.count} × " if node.count > 1 else ""
    folded = f" (+{node.folded})" if node.folded else ""
    return f"{mark}{count}{label(class_name(node.type))}<br/>{label(node.name)}{folded}"


def style(node: Node) -> str:
    return f":::{node.op.value}" if node.op in STYLES else ""
