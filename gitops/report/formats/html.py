"""The report as one page: no request to anywhere, no script, readable on a phone, on paper and in the dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gitops.records import Level, Op
from gitops.report.diagram.diagram import Diagram
from gitops.report.diagram.graph import Node
from gitops.report.diagram.layout import BOX_HEIGHT, BOX_WIDTH, lay_out
from gitops.report.diagram.week import DAYS, HEIGHT, WIDTH
from gitops.report.model.changes import NEW, ResourceChange
from gitops.report.model.context import REHEARSAL, REMOVED
from gitops.report.model.diffs import Line, lines
from gitops.report.model.exempting import FILE as EXEMPTIONS
from gitops.report.model.exempting import MOST_ENTRIES, list_exemptable, write_entries
from gitops.report.model.report import Report
from gitops.report.model.rows import TargetRow, format_findings, format_totals
from gitops.report.model.tag_changes import TagChange
from gitops.report.text.escape.html import finalize, safe_url
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import class_name, resource_name, short_type
from gitops.report.text.words import add_environments, in_environments, listing, plural, shorten

MOST_ROWS = 600
MOST_OPEN = 3
"""Of a list beside the findings; a longer one is folded."""
MOST_CHANGES_OPEN, MOST_REPLACED_OPEN = 6, 12
"""Details are open up to so many changes on the whole page; those of a replacement up to so many in its stack."""
MOST_REASONS = 5
"""Of the rules that block, named on the first screen."""
MOST_NEW_ON_PAPER = 12
"""Of a stack's new resources; of more only the names are printed: of a first rehearsal 250 pages were."""
MOST_CHANGES = 2_500
MOST_OF_A_STACK = 500
MOST_LISTED = 1_000
MOST_PICTURES = 60
"""What the page shows of each kind; more is counted there, and is in the JSON records."""
LONGEST = 2_000
"""Characters of one text."""


@cache
def load_templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("gitops.report.formats"),
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
        Op=Op,
        Level=Level,
        marks=MARKS,
        week_days=DAYS,
        week_width=WIDTH,
        week_height=HEIGHT,
        add_environments=add_environments,
        listing=listing,
        format_findings=format_findings,
        list_exemptable=list_exemptable,
        write_entries=write_entries,
        exemptions_file=EXEMPTIONS,
        most_entries=MOST_ENTRIES,
    )
    return environment


def render(report: Report) -> str:
    page = load_templates().get_template("page.html.j2")
    return page.render(
        report=report,
        context=report.context,
        rehearsal=REHEARSAL if report.context.rehearsal else "",
        operation=(report.records[0].operation if report.records else "preview").capitalize(),
        contents=list_contents(report),
        rows=select_rows(report),
        releases=report.releases[:MOST_LISTED],
        losses=report.loss_rows[:MOST_LISTED],
        rules=report.rules[:MOST_LISTED],
        stacks=select_changes(report),
        tag_changes=[(change, list_diff_lines(change)) for change in report.tag_changes[:MOST_LISTED]],
        weeks=report.weeks[:MOST_PICTURES],
        drawings=[draw(diagram) for diagram in report.diagrams[:MOST_PICTURES]],
        removed_text=REMOVED,
        most_listed=MOST_LISTED,
        most_open=MOST_OPEN,
        most_changes_open=MOST_CHANGES_OPEN,
        most_replaced_open=MOST_REPLACED_OPEN,
        most_reasons=MOST_REASONS,
        most_new_on_paper=MOST_NEW_ON_PAPER,
        longest=LONGEST,
    )


def list_contents(report: Report) -> list[tuple[str, str]]:
    """Anchor and title of every section that the page has, in its order."""
    beside = report.context.judge_changes or report.unjudged or report.exemptions or report.warnings
    sections = (
        ("release", "model release", report.releases),
        ("targets", "targets", True),
        ("failed", "failed", report.failures),
        ("scaling", "scaling", report.weeks),
        ("removed", "removed", report.context.removed),
        ("losses", "replaced and deleted", report.losses),
        ("superseded", "superseded", report.successions),
        ("findings", "findings", report.rules),
        ("notices", "beside the findings", beside),
        ("changes", "changes", report.changes or report.tag_changes),
        ("diagrams", "diagrams", report.diagrams),
    )
    return [(anchor, title) for anchor, title, content in sections if content]


def select_rows(report: Report) -> Sequence[TargetRow]:
    """In the order of the report; of more than `MOST_ROWS` those that need a reader most."""
    if len(report.loud_rows) <= MOST_ROWS:
        return report.loud_rows
    return sorted(report.loud_rows, key=lambda row: row.attention)[:MOST_ROWS]


def select_changes(report: Report) -> list[dict[str, Any]]:
    """The changes of each stack with their lines, until the page has `MOST_CHANGES` of them."""
    room, shown = MOST_CHANGES, []
    for stack in report.changes:
        taken = stack.changes[: min(room, MOST_OF_A_STACK)]
        room -= len(taken)
        shown.append(
            {
                "name": stack.stack,
                "totals": format_totals(stack.totals),
                "old": group_by_resource(change for change in taken if change.step.op not in NEW),
                "new": group_by_resource(change for change in taken if change.step.op in NEW),
                "left_out": len(stack.changes) - len(taken),
            }
        )
    return shown


def group_by_resource(changes: Iterable[ResourceChange]) -> list[dict[str, Any]]:
    """A resource that changes to other values in other environments is one entry, with its `parts`."""
    groups: dict[tuple[str, str, str], list[ResourceChange]] = {}
    for change in changes:
        groups.setdefault((change.step.op, change.step.type, change.step.name), []).append(change)
    return [
        {
            "step": alike[0].step,
            "environments": tuple(name for change in alike for name in change.environments),
            "parts": [(change, list_diff_lines(change)) for change in alike],
        }
        for alike in groups.values()
    ]


def list_diff_lines(change: ResourceChange | TagChange) -> list[Line]:
    return [line for diff in change.diffs for line in lines(diff)]


def draw(diagram: Diagram) -> dict[str, Any]:
    plan = lay_out(diagram)
    return {
        "diagram": diagram,
        "plan": plan,
        "boxes": [(box, describe_box(diagram.nodes[box.index])) for box in plan.boxes],
        "width": BOX_WIDTH,
        "height": BOX_HEIGHT,
    }


def describe_box(node: Node) -> dict[str, Any]:
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
