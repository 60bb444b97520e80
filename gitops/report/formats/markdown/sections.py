"""The sections of the Markdown report, each from the report alone: table, failures, losses, findings, the judge."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from gitops.records import Diagnostic, Exemption, Level, SourceLine, Unjudged
from gitops.report.model.columns import FINDINGS, Column
from gitops.report.model.context import Context
from gitops.report.model.exempting import FILE as EXEMPTIONS
from gitops.report.model.exempting import MOST_ENTRIES, list_exemptable, write_entries
from gitops.report.model.findings import Occurrence, OccurrenceGroup, ViolatedRule
from gitops.report.model.losses import LossRow
from gitops.report.model.notices import Noticed
from gitops.report.model.releases import ModelRelease
from gitops.report.model.report import Failure, Report
from gitops.report.model.rows import TargetRow
from gitops.report.text.budget import Item, Section
from gitops.report.text.escape.markdown import code, fence, fence_line, link, prose, raw
from gitops.report.text.marks import MARKS
from gitops.report.text.urns import short_type
from gitops.report.text.words import add_environments, listing, plural

OCCURRENCES_PER_RULE = 40
PLACES_PER_LINE = 12
NAMES_PER_ROW = 6


def table_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def target_section(report: Report) -> Section:
    """The table of targets; where there is no room for all, those that need a reader most stay."""
    heads = [column.head.capitalize() for column in report.columns]
    aligns = ["--:" if column.op else "---" for column in report.columns]
    items = [Item(partial(target_row, row, report.columns), row.target, row.attention) for row in report.loud_rows]
    return Section("targets", items, table_row(heads) + table_row(aligns), "\n", share=0.35)


def target_row(row: TargetRow, columns: tuple[Column, ...]) -> str:
    """The target's name is set bold, and so are findings that stop the merge."""
    cells = {column.head: prose(column.cell(row), 200) for column in columns}
    cells["target"] = f"**{prose(row.target, 100)}**" + (" (failed)" if row.failed else "")
    if row.mandatory:
        cells[FINDINGS] = f"**{cells[FINDINGS]}**"
    return table_row(cells.values())


def place(source: SourceLine | None, context: Context) -> str:
    """` · file:line`, linked where the commit is known; empty without a source."""
    return f" · {link(code(f'{source.file}:{source.line}', 160), context.link(source))}" if source else ""


def release_section(report: Report) -> Section:
    """A pull request of a model release begins with the model."""
    heads = table_row(["In", "Model", "How traffic moves", "What watches it"]) + table_row(["---"] * 4)
    items = [Item(partial(release_row, release, report.context), release.stack) for release in report.releases]
    return Section("releases", items, f"### Model release\n\n{heads}", "\n", share=0.2)


def release_row(release: ModelRelease, context: Context) -> str:
    where = f"**{prose(add_environments(release.stack, release.environments), 120)}**"
    model = f"**{prose(release.version, 120)}**<br>{prose(release.content, 300)}"
    page = context.file_link(release.way_back)
    back = f"going back: {link(code(release.way_back), page)}"
    return table_row([where, model, prose(release.traffic), f"{prose(release.watch)}<br>{back}"])


def failure_section(report: Report) -> Section:
    items = [Item(partial(failure_text, failure, report.context), failure.targets[0]) for failure in report.failures]
    return Section("failures", items, "### Failed\n\n", "", share=0.3)


def failure_text(failure: Failure, context: Context) -> str:
    error = failure.error
    text = fence("\n".join(fence_line(line)[:300] for line in error.message.splitlines()[:20]) or "no message", "text")
    hint = f"\n{prose(error.hint)}\n" if error.hint else ""
    targets = prose(listing(failure.targets, limit=15), 800)
    return f"**{targets}** ({prose(error.kind, 40)}){place(error.source, context)}\n\n{text}\n{hint}\n"


def judge_section(report: Report) -> Section:
    """How the change weakens the policy pack that judges it."""
    items = [Item(partial("- {}\n".format, prose(change))) for change in report.context.judge_changes]
    return Section("changes to the policies", items, "### This change weakens the policies\n\n", "\n", share=0.1)


def loss_section(report: Report) -> Section:
    heads = table_row(["Resource", "What is lost", "Forced by", "In"]) + table_row(["---"] * 4)
    items = [Item(partial(loss_text, row, report.context), row.first.stack) for row in report.loss_rows]
    return Section("replacements and deletions", items, f"### Replaced and deleted\n\n{heads}", "\n", share=0.25)


def loss_text(row: LossRow, context: Context) -> str:
    loss = row.first
    op = f"**{MARKS[loss.op]} {loss.op.value}**"
    names = listing([code(name, 60) for name in row.names], limit=NAMES_PER_ROW)
    what = f"{op} {names}<br>{prose(short_type(loss.type), 80)}{place(loss.source, context)}"
    where = prose(add_environments(loss.stack, loss.environments), 120)
    forced = listing([code(path, 80) for path in loss.forced_by], limit=4) or prose(loss.because)
    guard = "<br>protected: the engine will refuse" if loss.protected else ""
    first = "<br>deleted before the new one is made" if loss.deletes_first else ""
    with_it = "".join(
        f"<br>with it {kind.kind}: {prose(kind.what)} ({listing([code(name, 60) for name in names], limit=3)})"
        for kind, names in row.with_it_by_kind
    )
    lost = f"**{loss.lost.kind}**: {prose(loss.lost.what)}{first}{guard}{with_it}"
    return table_row([what, lost, forced, where])


def succession_section(report: Report) -> Section:
    items = [Item(partial(succession_line, *note), note[1][0]) for note in report.succession_notes]
    count = plural(sum(len(loss.environments) for loss in report.successions), "resource")
    opening = f"<details><summary>Replaced without a loss: {count}</summary>\n\n"
    return Section("successions", items, opening, "\n</details>\n\n", share=0.1)


def succession_line(sentence: str, names: tuple[str, ...]) -> str:
    more = f"; and {len(names) - OCCURRENCES_PER_RULE:,} more" if len(names) > OCCURRENCES_PER_RULE else ""
    return f"- {prose(sentence)}: {prose('; '.join(names[:OCCURRENCES_PER_RULE]), 4_000)}{more}\n"


def rule_section(report: Report) -> Section:
    """Mandatory findings open, advisory ones folded."""
    items = [Item(partial(rule_text, rule, report.context), rule.name) for rule in report.rules]
    return Section("rules with findings", items, "### Findings\n\n", "", share=0.4)


def rule_text(rule: ViolatedRule, context: Context) -> str:
    shown = rule.groups[:OCCURRENCES_PER_RULE]
    lines = [group_text(group, rule.level, context) for group in shown]
    if len(rule.groups) > len(shown):
        lines.append(f"- and {plural(len(rule.groups) - len(shown), 'more finding')} in the full report\n")
    advice = "".join(f"{label}: {prose(text)}\n\n" for label, text in (("Why", rule.why), ("Fix", rule.fix)) if text)
    text = code(rule.name)
    reference = link("Reference", rule.reference)
    text += f" · {reference}" if reference != "Reference" else ""
    title = f"{rule.level} · {rule.severity}"
    body = f"{''.join(lines)}\n{advice}{text}\n\n{exemption_text(rule)}"
    if rule.level is Level.MANDATORY:
        return f"#### {prose(rule.title, 200)} ({title})\n\n{body}"
    count = plural(sum(group.places for group in rule.groups), "place")
    return f"<details><summary>{raw(rule.title)} ({title}, {count})</summary>\n\n{body}</details>\n\n"


def group_text(group: OccurrenceGroup, level: Level, context: Context) -> str:
    """One line for each of few places; for many, what is said of all of them, and the places folded."""
    if not group.folds:
        return "".join(occurrence_line(occurrence, level, context) for occurrence in group.occurrences)
    shown = group.occurrences[:OCCURRENCES_PER_RULE]
    lines = [f"  - {place_text(occurrence)}{place(occurrence.source, context)}\n" for occurrence in shown]
    if len(group.occurrences) > len(shown):
        lines.append(f"  - and {len(group.occurrences) - len(shown):,} more in the full report\n")
    head = f"**{plural(group.places, 'place')}**{soften(group.first, level)}: {prose(group.first.message)}"
    folded = f"  <details><summary>where</summary>\n\n{''.join(lines)}\n  </details>\n"
    return f"- {head}{describe_maker(group.first, context)}\n\n{folded}\n"


def exemption_text(rule: ViolatedRule) -> str:
    """Folded, because it is the last resort; with more resources than entries it says so."""
    entries, count = write_entries(rule), len(list_exemptable(rule))
    if not entries:
        return ""
    more = f" (the first {MOST_ENTRIES} of {count:,})" if count > MOST_ENTRIES else ""
    text = fence("\n".join(fence_line(line) for line in entries.splitlines()), "yaml")
    summary = f"Exempt from it for a while: under <code>exemptions</code> in {EXEMPTIONS}{more}"
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>\n\n"


def occurrence_line(occurrence: Occurrence, level: Level, context: Context) -> str:
    text = f"{place_text(occurrence)}{soften(occurrence, level)}: {prose(occurrence.message)}"
    return f"- {text}{place(occurrence.source, context)}{describe_maker(occurrence, context)}\n"


def place_text(occurrence: Occurrence) -> str:
    resource = f" {code(occurrence.resource, 80)}" if occurrence.resource else ""
    return f"**{prose(add_environments(occurrence.stack, occurrence.environments), 120)}**{resource}"


def soften(occurrence: Occurrence, level: Level) -> str:
    """Says of a finding that its level is not the rule's worst."""
    return f" ({occurrence.level})" if occurrence.level is not level else ""


def describe_maker(occurrence: Occurrence, context: Context) -> str:
    return f", made at{place(occurrence.component, context).removeprefix(' ·')}" if occurrence.component else ""


def unjudged_section(report: Report) -> Section:
    items = [Item(partial(undecided_line, undecided), undecided.notice.rule) for undecided in report.unjudged]
    opening = "<details><summary>What the policies could not judge</summary>\n\n"
    return Section("unjudged rules", items, opening, "\n</details>\n\n", share=0.15)


def undecided_line(undecided: Noticed[Unjudged]) -> str:
    unjudged = undecided.notice
    why = "**the rule broke**" if unjudged.raised else "not judged"
    text = prose(listing(undecided.places, limit=PLACES_PER_LINE), 1_500)
    return f"- {code(unjudged.rule)} {why}, {prose(unjudged.reason)}: {text}\n"


def exemption_section(report: Report) -> Section:
    items = [Item(partial(exemption_line, used, report.context), used.notice.rule) for used in report.exemptions]
    opening = "<details><summary>Exemptions used</summary>\n\n"
    return Section("exemptions", items, opening, "\n</details>\n\n", share=0.15)


def exemption_line(used: Noticed[Exemption], context: Context) -> str:
    exemption = used.notice
    text = prose(listing(used.places, limit=PLACES_PER_LINE), 1_500)
    terms = f"{prose(exemption.reason)} ({prose(exemption.owner, 80)}, until {prose(exemption.expires, 20)})"
    return f"- {code(exemption.rule)} for {text}: {terms}{place(exemption.source, context)}\n"


def warning_section(report: Report) -> Section:
    items = [Item(partial(warning_line, warning), warning.places[0]) for warning in report.warnings]
    opening = "<details><summary>Warnings</summary>\n\n"
    return Section("warnings", items, opening, "\n</details>\n\n", share=0.1)


def warning_line(warning: Noticed[Diagnostic]) -> str:
    text = prose(listing(warning.places, limit=PLACES_PER_LINE), 1_500)
    return f"- {prose(warning.notice.severity, 20)}: {prose(warning.notice.message)} ({text})\n"
