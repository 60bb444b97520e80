"""The report as one page: no request to anywhere, no script, readable on a phone, on paper and in the dark."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gitops.records import Level, Op
from gitops.report.changes import NEW, Change
from gitops.report.context import REMOVED
from gitops.report.diagram import Diagram
from gitops.report.diffs import Line, lines
from gitops.report.escape.html import finalize, safe_url
from gitops.report.graph import Node
from gitops.report.layout import BOX_HEIGHT, BOX_WIDTH, layout
from gitops.report.markdown import REHEARSAL
from gitops.report.marks import MARKS
from gitops.report.model import Report
from gitops.report.rows import findings_text, totals_text
from gitops.report.urns import class_name, resource_name, short_type
from gitops.report.words import in_environments, listing, placed, plural, shorten

MOST_ROWS = 600
MOST_CHANGES = 2_500
MOST_OF_A_STACK = 500
MOST_LISTED = 1_000
"""What the page shows of each kind; more is counted there, and is in the JSON records."""
LONGEST = 2_000
"""Characters of one text."""


@cache
def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("gitops.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        num="{:,}".format,
        place=in_environments,
        plural=plural,
        short=shorten,
        short_type=short_type,
        resource_name=resource_name,
        url=safe_url,
    )
    environment.globals.update(
        marks=MARKS, placed=placed, listing=listing, findings_text=findings_text, Op=Op, Level=Level
    )
    return environment


def render(report: Report) -> str:
    page = templates().get_template("page.html.j2")
    return page.render(
        report=report,
        context=report.context,
        rehearsal=REHEARSAL if report.context.rehearsal else "",
        operation=(report.records[0].operation if report.records else "preview").capitalize(),
        rows=sorted(report.loud_rows, key=lambda row: row.attention)[:MOST_ROWS] if over(report) else report.loud_rows,
        losses=report.losses[:MOST_LISTED],
        rules=report.rules[:MOST_LISTED],
        stacks=stacks(report),
        drawings=[drawing(diagram) for diagram in report.diagrams[:60]],
        removed_told=REMOVED,
        most_listed=MOST_LISTED,
        longest=LONGEST,
    )


def over(report: Report) -> bool:
    return len(report.loud_rows) > MOST_ROWS


def stacks(report: Report) -> list[dict[str, Any]]:
    """The changes of each stack with their lines, until the page has `MOST_CHANGES` of them."""
    room, shown = MOST_CHANGES, []
    for stack in report.changes:
        taken = stack.changes[: min(room, MOST_OF_A_STACK)]
        room -= len(taken)
        shown.append(
            {
                "name": stack.stack,
                "totals": totals_text(stack.totals),
                "old": [(change, diff_lines(change)) for change in taken if change.step.op not in NEW],
                "new": [(change, diff_lines(change)) for change in taken if change.step.op in NEW],
                "left_out": len(stack.changes) - len(taken),
            }
        )
    return shown


def diff_lines(change: Change) -> list[Line]:
    return [line for diff in change.diffs for line in lines(diff)]


def drawing(diagram: Diagram) -> dict[str, Any]:
    plan = layout(diagram)
    return {
        "diagram": diagram,
        "plan": plan,
        "boxes": [(box, box_text(diagram.nodes[box.index])) for box in plan.boxes],
        "width": BOX_WIDTH,
        "height": BOX_HEIGHT,
    }


def box_text(node: Node) -> dict[str, Any]:
    """What a box says; its colour only repeats the mark."""
    count = f"{node.count} × " if node.count > 1 else ""
    folded = f" +{node.folded}" if node.folded else ""
    changing = node.op if MARKS[node.op] else ""
    letters = 21 if changing else 24
    return {
        "op": changing or "same",
        "mark": MARKS[node.op],
        "head": shorten(f"{count}{class_name(node.type)}", letters),
        "name": shorten(node.name, letters - len(folded)) + folded,
        "title": f"{changing or 'unchanged'}: {short_type(node.type)} {node.name}{folded}",
    }
