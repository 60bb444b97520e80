"""The report on a terminal: verdict, one row per target, then what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gitops.records import SourceLine
from gitops.report.model.columns import FINDINGS, NOTHING, SCALING, Column
from gitops.report.model.context import REMOVED
from gitops.report.model.exempting import list_exemptable
from gitops.report.model.findings import Occurrence, OccurrenceGroup, ViolatedRule
from gitops.report.model.report import Report
from gitops.report.model.rows import TargetRow, format_findings
from gitops.report.model.verdict import VerdictKind
from gitops.report.text.escape.commands import disarm
from gitops.report.text.escape.text import clean
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import short_type
from gitops.report.text.words import add_environments, listing, plural, shorten

STYLES = {
    VerdictKind.FAILED: "bold red",
    VerdictKind.BLOCKED: "bold red",
    VerdictKind.CAREFUL: "bold yellow",
    VerdictKind.READY: "bold green",
    VerdictKind.UNCHANGED: "bold green",
}
WIDE = 110
MOST_ROWS = 60
MOST_NOTES = 20
MOST_PLACES = 6


def render(report: Report, width: int = 120, color: bool = False) -> str:
    console = open_console(width, color)
    console.print(words(report.verdict.text, STYLES[report.verdict.outcome]))
    wide = width >= WIDE
    if report.loud_rows:
        console.print(table(report, wide))
    if report.unchanged:
        targets = plural(len(report.unchanged), "target")
        console.print(words(f"unchanged: {targets} ({listing(report.unchanged, limit=6)})", "dim"))
    for title, notes in (
        ("Scaling", [] if wide else scaling(report)),
        ("Failed", failures(report)),
        ("Model release", releases(report)),
        ("Removed", [(listing(report.context.removed, limit=20), REMOVED)] if report.context.removed else []),
        ("Replaced and deleted", losses(report)),
        ("Findings", findings(report)),
        ("Exemptions in force", exemptions(report)),
    ):
        section(console, title, notes)
    return read(console)


def open_console(width: int, color: bool) -> Console:
    return Console(
        file=StringIO(), width=width, force_terminal=color, color_system="standard" if color else None, highlight=False
    )


def read(console: Console) -> str:
    """What was printed, without two empty lines one after the other."""
    printed = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    lines = [disarm(line.rstrip()) for line in printed.splitlines()]
    return "".join(f"{line}\n" for line, before in zip(lines, ["", *lines], strict=False) if line or before)


def words(text: str, style: str = "") -> Text:
    """Data is never markup."""
    return Text(clean(text), style=style)


def table(report: Report, wide: bool) -> Table:
    """Where it is not `wide`, the operations are headed by their marks alone, and scaling has a section of its own."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    columns = [column for column in report.columns if wide or column.head != SCALING]
    for column in columns:
        head = column.head if wide else column.short or column.head
        fixed = bool(column.op) or column.head == "target"
        grid.add_column(head, justify="right" if column.op else "left", no_wrap=fixed, overflow="fold")
    rows = sorted(report.loud_rows, key=lambda row: row.attention)[:MOST_ROWS]
    for row in (row for row in report.loud_rows if row in rows):
        grid.add_row(*cells(row, columns))
    if len(report.loud_rows) > MOST_ROWS:
        grid.add_row(words(f"… {plural(len(report.loud_rows) - MOST_ROWS, 'more target')}", "dim"))
    return grid


def cells(row: TargetRow, columns: Sequence[Column]) -> list[Text]:
    texts = {column.head: column.cell(row) for column in columns}
    texts["target"] += " ✗" if row.failed else ""
    if FINDINGS in texts:
        texts[FINDINGS] = format_findings(row, severities=False)
    styles = {"target": "red" if row.failed else "", FINDINGS: "red" if row.mandatory else ""}
    return [
        words(shorten(text, 200), "dim" if text == NOTHING else styles.get(head, "")) for head, text in texts.items()
    ]


def section(console: Console, title: str, notes: list[tuple[str, str]]) -> None:
    """Notes as heading and body each; more than `MOST_NOTES` are counted."""
    if not notes:
        return
    console.print(Text(f"\n{title}", style="bold"))
    for head, body in notes[:MOST_NOTES]:
        console.print(Padding(words(shorten(head, 400)), (0, 0, 0, 2), expand=False))
        for line in shorten(body, 2000).splitlines():
            print_line(console, line)
    if len(notes) > MOST_NOTES:
        console.print(
            Padding(words(f"… {len(notes) - MOST_NOTES:,} more in the report", "dim"), (0, 0, 0, 2), expand=False)
        )


def print_line(console: Console, line: str) -> None:
    """A line of a note's body. A word wider than the terminal stays whole, for a URN in two pieces cannot be pasted."""
    indent = 4
    if max(map(len, line.split()), default=0) > console.width - indent:
        console.print(words(" " * indent + line, "dim"), soft_wrap=True)
    else:
        console.print(Padding(words(line, "dim"), (0, 0, 0, indent), expand=False))


def scaling(report: Report) -> list[tuple[str, str]]:
    """Where bounds stay, a line for each target would say nothing."""
    return [(f"{row.target}: {row.scaling}", "") for row in report.loud_rows if row.scaling_moves]


def place(source: SourceLine | None) -> str:
    return f"{source.file}:{source.line}" if source else ""


def failures(report: Report) -> list[tuple[str, str]]:
    notes = []
    for failure in report.failures:
        error = failure.error
        head = f"{listing(failure.targets, limit=12)} ({error.kind}) {place(error.source)}".rstrip()
        notes.append((head, f"{error.message}\n{error.hint}".strip()))
    return notes


def releases(report: Report) -> list[tuple[str, str]]:
    notes = []
    for release in report.releases:
        facts = (release.content, release.traffic, release.watch, f"going back: {release.way_back}")
        head = f"{add_environments(release.stack, release.environments)}: {release.version}"
        notes.append((head, "\n".join(filter(None, facts))))
    return notes


def losses(report: Report) -> list[tuple[str, str]]:
    notes = []
    for row in report.loss_rows:
        loss = row.first
        names = f"{loss.stack}: {short_type(loss.type)} {listing(row.names, limit=MOST_PLACES)}"
        forced = f"; forced by {listing(loss.forced_by, limit=3)}" if loss.forced_by else ""
        first = "; deleted before the new one is made" if loss.deletes_first else ""
        lines = [f"{loss.lost.kind}: {loss.lost.what}{forced}{first}"]
        lines += [f"with it {kind.kind}: {kind.what} ({listing(goes, limit=3)})" for kind, goes in row.with_it_by_kind]
        notes.append((f"{MARKS[loss.op]} {add_environments(names, loss.environments)}", "\n".join(lines)))
    return notes


def findings(report: Report) -> list[tuple[str, str]]:
    """A rule once: what it says and where, then what to do, then the resource that an exemption would name."""
    notes = []
    for rule in report.rules:
        lines = [line for group in rule.groups for line in describe_group(group, rule)]
        shown = lines[:MOST_PLACES]
        if len(lines) > MOST_PLACES:
            shown.append(f"… {len(lines) - MOST_PLACES:,} more in the report")
        if rule.fix:
            shown.append(f"fix: {rule.fix}")
        urns = list_exemptable(rule)
        more = f" (and {len(urns) - 1:,} more in the report)" if len(urns) > 1 else ""
        shown += [f"exempt: {urn}{more}" for urn in urns[:1]]
        notes.append((f"{rule.level} {rule.severity}: {rule.title} ({rule.name})", "\n".join(shown)))
    return notes


def describe_group(group: OccurrenceGroup, rule: ViolatedRule) -> list[str]:
    """A line for each of few places; for many, one that counts them and names the first stacks."""
    if not group.folds:
        return list(dict.fromkeys(describe_occurrence(occurrence, rule) for occurrence in group.occurrences))
    occurrence = group.first
    made = f" (made at {place(occurrence.component)})" if occurrence.component else ""
    stacks = listing(tuple(dict.fromkeys(occurrence.stack for occurrence in group.occurrences)), limit=4)
    return [f"{occurrence.message}: {plural(group.places, 'place')} in {stacks}{made}{soften(occurrence, rule)}"]


def soften(occurrence: Occurrence, rule: ViolatedRule) -> str:
    return f" ({occurrence.level} here)" if occurrence.level is not rule.level else ""


def exemptions(report: Report) -> list[tuple[str, str]]:
    notes = []
    for used in report.exemptions:
        exemption = used.notice
        head = f"{exemption.rule} until {exemption.expires}: {listing(used.places, limit=MOST_PLACES)}"
        notes.append((head, f"{exemption.reason} ({exemption.owner}) {place(exemption.source)}".rstrip()))
    return notes


def describe_occurrence(occurrence: Occurrence, rule: ViolatedRule) -> str:
    where = f"{place(occurrence.source)} " if occurrence.source else ""
    where += f"(made at {place(occurrence.component)}) " if occurrence.component else ""
    stack = add_environments(occurrence.stack, occurrence.environments)
    return f"{where}{stack}: {occurrence.message}{soften(occurrence, rule)}"
