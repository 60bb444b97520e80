"""The first line of every report: may this be merged, and what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gitops.records import Level, Op, RunRecord, Status
from gitops.report.losses import Loss
from gitops.report.rows import Row, totals_text
from gitops.report.urns import noun
from gitops.report.words import in_environments, listing, plural


class Outcome(StrEnum):
    """Worst first."""

    FAILED = "failed"
    BLOCKED = "blocked"
    CAREFUL = "careful"
    READY = "ready"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Verdict:
    """`opening` says whether, `facts` why: `Cannot merge` and `2 mandatory findings in prod`, …"""

    outcome: Outcome
    opening: str
    facts: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.opening}: {', '.join(self.facts)}"


WORDS = {
    "preview": {"blocked": "Cannot merge", "careful": "Ready, but with losses", "ready": "Ready", "unchanged": "Ready"},
    "update": {"blocked": "Stopped", "careful": "Deployed, with losses", "ready": "Deployed", "unchanged": "Deployed"},
    "refresh": {"blocked": "Drifted", "careful": "Drifted", "ready": "Drifted", "unchanged": "No drift"},
    "destroy": {"blocked": "Stopped", "careful": "Destroyed", "ready": "Destroyed", "unchanged": "Destroyed"},
}
"""How each operation begins its verdict, by outcome; a failure is `Failed` everywhere."""


def verdict(records: Sequence[RunRecord], rows: Sequence[Row], losses: Sequence[Loss]) -> Verdict:
    if not records:
        return Verdict(Outcome.UNCHANGED, "Nothing to do", ("no target is affected",))
    outcome = judge(records, rows, losses)
    facts = [*failure_facts(records), *policy_facts(records), *loss_facts(losses)]
    if outcome in (Outcome.READY, Outcome.UNCHANGED, Outcome.CAREFUL):
        facts.append(change_fact(rows))
        if outcome is Outcome.READY:
            facts.append("nothing replaced or deleted")
    words = WORDS.get(records[0].operation, WORDS["preview"])
    opening = "Failed" if outcome is Outcome.FAILED else words[outcome.value]
    return Verdict(outcome, opening, tuple(facts))


def judge(records: Sequence[RunRecord], rows: Sequence[Row], losses: Sequence[Loss]) -> Outcome:
    if any(row.failed for row in rows):
        return Outcome.FAILED
    if any(row.mandatory for row in rows) or any(unjudged.raised for r in records for unjudged in r.unjudged):
        return Outcome.BLOCKED
    if losses:
        return Outcome.CAREFUL
    return Outcome.READY if any(row.changed for row in rows) else Outcome.UNCHANGED


def failure_facts(records: Sequence[RunRecord]) -> list[str]:
    failed = [record.target for record in records if record.status is Status.FAILED]
    if not failed:
        return []
    if len(failed) == len(records) > 1:
        return [f"none of {plural(len(records), 'target')} could be run"]
    return [f"{listing(failed, limit=3)} could not be run ({len(failed):,} of {plural(len(records), 'target')})"]


def policy_facts(records: Sequence[RunRecord]) -> list[str]:
    mandatory = [r.environment for r in records for finding in r.findings if finding.level is Level.MANDATORY]
    broken = {unjudged.rule for r in records for unjudged in r.unjudged if unjudged.raised}
    facts = []
    if mandatory:
        facts.append(f"{plural(len(mandatory), 'mandatory finding')}{in_environments(mandatory)}")
    if broken:
        facts.append(f"{plural(len(broken), 'policy')} broke while judging")
    return facts


def loss_facts(losses: Sequence[Loss]) -> list[str]:
    """`1 endpoint replaced in prod, 2 buckets deleted in dev and prod`, the worst three kinds by name."""
    counts: Counter[tuple[Op, str]] = Counter()
    places: dict[tuple[Op, str], set[str]] = {}
    for loss in losses:
        what = (loss.op, noun(loss.type))
        counts[what] += len(loss.environments)
        places.setdefault(what, set()).update(loss.environments)
    facts = [
        f"{plural(count, what)} {op.value}d{in_environments(places[op, what])}"
        for (op, what), count in list(counts.items())[:3]
    ]
    rest = sum(list(counts.values())[3:])
    return [*facts, f"{plural(rest, 'more resource')} replaced or deleted"] if rest else facts


def change_fact(rows: Sequence[Row]) -> str:
    totals = {op: sum(row.counts[op] for row in rows) for op in (Op.CREATE, Op.UPDATE, Op.IMPORT)}
    changed = sum(row.changed for row in rows)
    if not any(totals.values()):
        return f"no change in {plural(len(rows), 'target')}" if not changed else "nothing else changes"
    return f"{totals_text(totals)} in {plural(changed, 'target')}"
