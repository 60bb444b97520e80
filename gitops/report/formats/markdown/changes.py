"""The folded part of the Markdown report: what changes property by property, and the stacks' diagrams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from gitops.records import Op, PropertyDiff
from gitops.report.diagram import mermaid
from gitops.report.diagram.diagram import Diagram
from gitops.report.formats.markdown.sections import place
from gitops.report.model.changes import NEW, ResourceChange, StackChanges
from gitops.report.model.context import Context
from gitops.report.model.diffs import lines
from gitops.report.model.report import Report
from gitops.report.model.rows import format_totals
from gitops.report.model.tag_changes import TagChange
from gitops.report.text.budget import Item, Section
from gitops.report.text.escape.markdown import code, fence, fence_line, prose, raw
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import short_type
from gitops.report.text.words import add_environments, listing, plural

LARGEST_SHARE = 0.25
"""Of the page for the changes of one stack among several, so that the others are seen too."""
MOST_PLACES = 60
HEADING = "### Changes\n\n"
MARGINS = {"+": "+ ", "-": "- ", " ": "  ", "@": "@@ "}


def change_sections(report: Report) -> Iterator[Section]:
    """What changes tags alone, then one folded section per stack: changed properties in full, new resources by name."""
    tags = [Item(partial(tag_change_text, change), change.title) for change in report.tag_changes]
    yield Section("changes of tags", tags, HEADING, "", share=LARGEST_SHARE)
    for index, stack in enumerate(report.changes):
        heading = HEADING if not index and not tags else ""
        summary = f"{raw(stack.stack, 100)}: {format_totals(stack.totals)}"
        yield Section(
            "changes",
            list(change_items(stack, report.context)),
            f"{heading}<details><summary>{summary}</summary>\n\n",
            "</details>\n\n",
            share=max(LARGEST_SHARE, 1 / len(report.changes)),
        )


def tag_change_text(change: TagChange) -> str:
    shown = diff_lines(change.diffs)
    places = prose("; ".join(change.places[:MOST_PLACES]), 6_000)
    more = f"; and {len(change.places) - MOST_PLACES:,} more" if len(change.places) > MOST_PLACES else ""
    summary = f"{MARKS[Op.UPDATE]} {raw(change.title)} and nothing else"
    return f"<details><summary>{summary}</summary>\n\n{shown}{places}{more}\n\n</details>\n\n"


def diff_lines(diffs: Iterable[PropertyDiff]) -> str:
    shown = [f"{MARGINS[line.mark]}{fence_line(line.text)}" for diff in diffs for line in lines(diff)]
    return f"{fence(chr(10).join(shown), 'diff')}\n\n" if shown else ""


def change_items(stack: StackChanges, context: Context) -> Iterator[Item]:
    for change in stack.changes:
        if change.step.op not in NEW:
            yield Item(partial(change_text, change, context), stack.stack)
    by_type: dict[tuple[Op, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for change in stack.of(*NEW):
        by_type[change.step.op, change.step.type, change.environments].append(change.step.name)
    for (op, type_token, environments), names in by_type.items():
        yield Item(partial(new_text, op, type_token, environments, names), stack.stack)


def new_text(op: Op, type_token: str, environments: tuple[str, ...], names: list[str]) -> str:
    listed = listing([code(name, 60) for name in names[:8]])
    more = f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    what = prose(add_environments(short_type(type_token), environments), 160)
    return f"**{MARKS[op]} {op.value}** {what}: {listed}{more}\n\n"


def change_text(change: ResourceChange, context: Context) -> str:
    step = change.step
    what = prose(add_environments(short_type(step.type), change.environments), 160)
    head = f"**{MARKS[step.op]} {step.op.value}** {code(step.name, 60)} {what}"
    return f"{head}{place(step.source, context)}\n\n{diff_lines(change.diffs)}"


def diagram_section(report: Report) -> Section:
    items = [Item(partial(diagram_text, diagram), diagram.stack) for diagram in report.diagrams if diagram.changed]
    return Section("diagrams", items, "### Diagrams\n\n", "")


def diagram_text(diagram: Diagram) -> str:
    hidden = f"\n\n{plural(diagram.hidden, 'more resource')} not drawn." if diagram.hidden else ""
    name = f"{raw(diagram.stack, 100)} as {raw(diagram.environment, 40)}"
    drawn = fence(mermaid.render(diagram), "mermaid")
    return f"<details><summary>{name}</summary>\n\n{drawn}{hidden}\n\n</details>\n\n"
