"""The report on a terminal: verdict, one row per target, then what stands against it."""

from __future__ import annotations

from collections import Counter
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gitops.records import SourceLine
from gitops.report.context import REMOVED
from gitops.report.escape.commands import printable
from gitops.report.findings import Occurrence, Rule
from gitops.report.marks import MARKS
from gitops.report.model import Report
from gitops.report.rows import Row, findings_text
from gitops.report.urns import short_type
from gitops.report.verdict import Outcome
from gitops.report.words import listing, placed, plural, shorten

STYLES = {
    Outcome.FAILED: "bold red",
    Outcome.BLOCKED: "bold red",
    Outcome.CAREFUL: "bold yellow",
    Outcome.READY: "bold green",
    Outcome.UNCHANGED: "bold green",
}
WIDE = 110
MOST_ROWS = 60
MOST_NOTES = 20
MOST_PLACES = 6


def render(report: Report, width: int = 120, color: bool = False) -> str:
    console = Console(
        file=StringIO(), width=width, force_terminal=color, color_system="standard" if color else None, highlight=False
    )
    console.print(words(report.verdict.text, STYLES[report.verdict.outcome]))
    if report.loud_rows:
        console.print(table(report, width >= WIDE))
    if report.unchanged:
        targets = plural(len(report.unchanged), "target")
        console.print(words(f"unchanged: {targets} ({listing(report.unchanged, limit=6)})", "dim"))
    for title, notes in (
        ("Failed", failures(report)),
        ("Removed", [(listing(report.context.removed, limit=20), REMOVED)] if report.context.removed else []),
        ("Replaced and deleted", losses(report)),
        ("Findings", findings(report)),
    ):
        section(console, title, notes)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"  # pyright: ignore[reportAttributeAccessIssue]


def words(text: str, style: str = "") -> Text:
    """Data is never markup, and never a command to the runner that reads the log."""
    return Text(printable(text), style=style)


def table(report: Report, wide: bool) -> Table:
    """Where it is not `wide`, the operations are headed by their marks alone."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    grid.add_column("target", no_wrap=True)
    for op in report.columns:
        grid.add_column(f"{MARKS[op]} {op.value}" if wide else MARKS[op], justify="right", no_wrap=True)
    grid.add_column("findings", overflow="fold")
    grid.add_column("scaling", overflow="fold")
    rows = sorted(report.loud_rows, key=lambda row: row.attention)[:MOST_ROWS]
    for row in (row for row in report.loud_rows if row in rows):
        grid.add_row(*cells(row, report))
    if len(report.loud_rows) > MOST_ROWS:
        grid.add_row(words(f"… {plural(len(report.loud_rows) - MOST_ROWS, 'more target')}", "dim"))
    return grid


def cells(row: Row, report: Report) -> list[Text]:
    counts = [
        words(f"{row.counts[op]:,}" if row.counts[op] else "·", "" if row.counts[op] else "dim")
        for op in report.columns
    ]
    name = words(row.target + (" ✗" if row.failed else ""), "red" if row.failed else "")
    return [
        name,
        *counts,
        words(findings_text(row, severities=False), "red" if row.mandatory else ""),
        words(shorten(row.scaling, 200)),
    ]


def section(console: Console, title: str, notes: list[tuple[str, str]]) -> None:
    """Notes as heading and body each; more than `MOST_NOTES` are counted."""
    if not notes:
        return
    console.print(Text(f"\n{title}", style="bold"))
    for head, body in notes[:MOST_NOTES]:
        console.print(Padding(words(shorten(head, 400)), (0, 0, 0, 2), expand=False))
        if body:
            console.print(Padding(words(shorten(body, 2000), "dim"), (0, 0, 0, 4), expand=False))
    if len(notes) > MOST_NOTES:
        console.print(
            Padding(words(f"… {len(notes) - MOST_NOTES:,} more in the report", "dim"), (0, 0, 0, 2), expand=False)
        )


def place(source: SourceLine | None) -> str:
    return f"{source.file}:{source.line}" if source else ""


def failures(report: Report) -> list[tuple[str, str]]:
    told = []
    for failure in report.failures:
        error = failure.error
        head = f"{listing(failure.targets, limit=12)} ({error.kind}) {place(error.source)}".rstrip()
        told.append((head, f"{error.message}\n{error.hint}".strip()))
    return told


def losses(report: Report) -> list[tuple[str, str]]:
    told = []
    for loss in report.losses:
        head = f"{MARKS[loss.op]} {placed(f'{loss.stack}: {short_type(loss.type)} {loss.name}', loss.environments)}"
        forced = f"; forced by {listing(loss.forced_by, limit=3)}" if loss.forced_by else ""
        told.append((head, f"{loss.lost.kind}: {loss.lost.what}{forced}"))
    return told


def findings(report: Report) -> list[tuple[str, str]]:
    """A rule once: its places, the resources of one line together, then what to do."""
    told = []
    for rule in report.rules:
        lines = Counter(occurrence(found, rule) for found in rule.occurrences)
        shown = [f"{line} ({count} resources)" if count > 1 else line for line, count in lines.items()][:MOST_PLACES]
        if len(lines) > MOST_PLACES:
            shown.append(f"… {len(lines) - MOST_PLACES:,} more places in the report")
        if rule.fix:
            shown.append(f"fix: {rule.fix}")
        told.append((f"{rule.level} {rule.severity}: {rule.title} ({rule.name})", "\n".join(shown)))
    return told


def occurrence(found: Occurrence, rule: Rule) -> str:
    where = f"{place(found.source)} " if found.source else ""
    where += f"(made at {place(found.component)}) " if found.component else ""
    milder = f" ({found.level} here)" if found.level is not rule.level else ""
    return f"{where}{placed(found.stack, found.environments)}: {found.message}{milder}"
