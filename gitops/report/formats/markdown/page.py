"""The report as GitHub's Markdown: one pull request comment, or with a larger limit the job's summary.

The comment stays under GitHub's 65,536 characters by folding, then by leaving out whole items, the least important
first; what is left out is counted, named and linked. The marker lets the next run edit the same comment.
"""

from __future__ import annotations

from gitops.report.formats.markdown.changes import change_sections, diagram_section
from gitops.report.formats.markdown.sections import (
    exemption_section,
    failure_section,
    judge_section,
    loss_section,
    release_section,
    rule_section,
    succession_section,
    target_section,
    unjudged_section,
    warning_section,
)
from gitops.report.model.context import REHEARSAL, REMOVED
from gitops.report.model.report import Report
from gitops.report.text.budget import Page, name_left_out
from gitops.report.text.escape.markdown import code, link, prose
from gitops.report.text.words import listing, plural

MARKER = "<!-- gitops:report -->"
COMMENT_LIMIT = 65_000
SUMMARY_LIMIT = 1_000_000
"""GitHub takes 65,536 characters in a comment and 1 MiB in a step's summary."""
FOOTER_ROOM = 4_000
MOST_PROMOTED = 20


def render(report: Report, limit: int = COMMENT_LIMIT) -> str:
    """The whole report in at most `limit` characters (at least 12,000, so that the frame fits)."""
    page = Page(limit - FOOTER_ROOM)
    page.write(f"## {prose(report.verdict.text, 1_500)}\n\n")
    page.write(provenance(report))
    page.write(write_promotion(report))
    page.add(release_section(report))
    page.add(target_section(report))
    page.write(write_unchanged(report))
    page.add(failure_section(report))
    page.write(write_removed(report))
    page.add(judge_section(report))
    page.add(loss_section(report))
    page.add(succession_section(report))
    page.add(rule_section(report))
    page.add(unjudged_section(report))
    page.add(warning_section(report))
    for section in change_sections(report):
        page.add(section)
    page.add(diagram_section(report))
    page.add(exemption_section(report))
    return page.text() + footer(report, page)


def summary(report: Report) -> str:
    """The job summary: the comment with room for nearly everything."""
    return render(report, SUMMARY_LIMIT)


def provenance(report: Report) -> str:
    """`Preview of 1a2b3c4 against main`, empty where neither is known."""
    context = report.context
    operation = report.records[0].operation if report.records else "preview"
    words = [operation.capitalize()]
    words += [f"of {code(context.revision)}"] if context.commit else []
    words += [f"against {code(context.base[:40])}"] if context.base else []
    return f"{prose(words[0])} {' '.join(words[1:])}\n\n" if len(words) > 1 else ""


def write_promotion(report: Report) -> str:
    """For whoever approves: a line for each target that is promoted."""
    lines = [f"- {prose(sentence, 300)}\n" for sentence in report.context.promotion[:MOST_PROMOTED]]
    return f"**Promotion**\n{''.join(lines)}\n" if lines else ""


def write_unchanged(report: Report) -> str:
    """Targets that need no reader, in one line."""
    targets = report.unchanged
    if not targets:
        return ""
    names = prose(listing(targets, limit=20), 1_000)
    return f"Unchanged: {plural(len(targets), 'target')} ({names}).\n\n"


def write_removed(report: Report) -> str:
    """Targets that the base has and the change has not."""
    gone = report.context.removed
    return f"### Removed\n\n**{prose(listing(gone, limit=20), 1_000)}**: {prose(REMOVED)}\n\n" if gone else ""


def footer(report: Report, page: Page) -> str:
    """What was left out, where the whole report is, and what a rehearsal proves; always less than `FOOTER_ROOM`."""
    lines = ["---\n"]
    left_out = name_left_out(page.left_out)
    where = link("the full report", report.context.full_report)
    if left_out:
        lines.append(f"**Left out for length:** {prose('; '.join(left_out), 1_200)}. They are in {where}.\n")
    elif report.context.full_report:
        lines.append(f"Also as a page: {where}.\n")
    if report.context.rehearsal:
        lines.append(f"<sub>{REHEARSAL}</sub>\n")
    return "\n".join([*lines, MARKER, ""])
