"""On the terminal, after each save: what it changed, property by property, and which findings came and went with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitops.records import Op, PropertyDiff, RunRecord
from gitops.report.formats import terminal
from gitops.report.model.context import Context
from gitops.report.model.diffs import lines
from gitops.report.model.edit import compare_runs
from gitops.report.model.report import Report, build
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import short_type
from gitops.report.text.words import add_environments, listing

TITLE = "Since the last preview"
NOTHING = "nothing that a preview shows"


def render(previews: Iterable[tuple[RunRecord, RunRecord]], width: int = 120, color: bool = False) -> str:
    """`previews` are each target's before the edit and after it."""
    pairs = tuple(previews)
    edited = build((compare_runs(before, after) for before, after in pairs), Context())
    gone = build((compare_runs(after, before) for before, after in pairs), Context())
    console = terminal.open_console(width, color)
    terminal.section(console, TITLE, list(list_changes(edited)) or [(NOTHING, "")])
    terminal.section(console, "New findings", terminal.findings(edited))
    terminal.section(
        console, "Findings gone", [(f"{rule.level}: {rule.title} ({rule.name})", "") for rule in gone.rules]
    )
    return terminal.read(console)


def list_changes(report: Report) -> Iterator[tuple[str, str]]:
    """Heading and body of each change; of a resource that comes or goes only its name."""
    for change in report.tag_changes:
        head = f"{MARKS[Op.UPDATE]} {change.title}: {listing(change.places, limit=terminal.MOST_PLACES)}"
        yield head, write_values(change.diffs)
    for stack in report.changes:
        for change in stack.changes:
            name = f"{stack.stack}: {short_type(change.step.type)} {change.step.name}"
            yield (
                f"{MARKS[change.step.op]} {add_environments(name, change.environments)}",
                write_values(change.step.diffs),
            )


def write_values(diffs: Iterable[PropertyDiff]) -> str:
    """A line for each line of the values that differs: `- path: old`, `+ path: new`."""
    return "\n".join(f"{line.mark} {line.text}" for diff in diffs for line in lines(diff))
