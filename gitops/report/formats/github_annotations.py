"""Annotations on the lines of a pull request, as workflow commands printed to the job's log.

GitHub shows ten errors and ten warnings of a step, so the worst come first and what is over is said in a notice:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitops.records import Level, SourceLine
from gitops.report.model.report import Report
from gitops.report.text.escape.commands import data, value
from gitops.report.text.words import add_environments, listing, plural, shorten

MOST_OF_A_KIND = 10


@dataclass(frozen=True)
class Annotation:
    kind: str  # error, warning, notice
    title: str
    message: str
    source: SourceLine | None


def render(report: Report) -> str:
    """One command a line, empty for a report with nothing to annotate."""
    shown: dict[str, int] = {"error": 0, "warning": 0, "notice": 0}
    lines = []
    for annotation in worst_first(report):
        shown[annotation.kind] += 1
        if shown[annotation.kind] <= MOST_OF_A_KIND - (annotation.kind == "notice"):
            lines.append(command(annotation))
    over = sum(max(0, count - MOST_OF_A_KIND + (kind == "notice")) for kind, count in shown.items())
    if over:
        message = f"{plural(over, 'more annotation')} in the report; GitHub shows ten of a kind."
        lines.append(command(Annotation("notice", "More findings", message, None)))
    return "".join(f"{line}\n" for line in lines)


def command(annotation: Annotation) -> str:
    properties = {"title": shorten(annotation.title, 200)}
    if annotation.source:
        properties = {"file": annotation.source.file, "line": str(annotation.source.line), **properties}
    fields = ",".join(f"{key}={value(text)}" for key, text in properties.items())
    return f"::{annotation.kind} {fields}::{data(shorten(annotation.message, 4_000))}"


def worst_first(report: Report) -> Iterator[Annotation]:
    """Failures first, then findings from the worst, then what would be replaced or deleted."""
    for failure in report.failures:
        message = f"{failure.error.message}\n{failure.error.hint}".strip()
        yield Annotation("error", f"{listing(failure.targets, limit=3)} failed", message, failure.error.source)
    for rule in report.rules:
        for occurrence in rule.occurrences:
            kind = "error" if occurrence.level is Level.MANDATORY else "warning"
            advice = f"\nFix: {rule.fix}" if rule.fix else ""
            where = add_environments(occurrence.stack, occurrence.environments)
            made = f"\nMade at {occurrence.component.file}:{occurrence.component.line}" if occurrence.component else ""
            message = f"{where}: {occurrence.message}{made}{advice}"
            yield Annotation(kind, f"{rule.title} ({rule.name})", message, occurrence.source)
    for loss in report.losses:
        where = add_environments(f"{loss.stack}: {loss.name}", loss.environments)
        yield Annotation(
            "notice", f"{loss.name} would be {loss.op.value}d", f"{where}. Lost: {loss.lost.what}.", loss.source
        )
