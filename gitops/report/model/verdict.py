"""The first line of every report: may this be merged, and what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gitops.records import REFUSED, Level, Op, Operation, RunRecord, Status
from gitops.report.model.losses import Loss
from gitops.report.model.releases import ModelRelease
from gitops.report.model.rows import TargetRow, format_totals
from gitops.report.text.urns import noun
from gitops.report.text.words import in_environments, listing, plural


class VerdictKind(StrEnum):
    """Worst first."""

    FAILED = "failed"
    BLOCKED = "blocked"
    CAREFUL = "careful"
    READY = "ready"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Verdict:
    """`opening` says whether, `facts` why: `Cannot merge` and `2 mandatory findings in prod`, …"""

    outcome: VerdictKind
    opening: str
    facts: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.opening}: {', '.join(self.facts)}"


WORDS = {
    Operation.PREVIEW: {
        VerdictKind.BLOCKED: "Cannot merge",
        VerdictKind.CAREFUL: "Ready, but with losses",
        VerdictKind.READY: "Ready",
        VerdictKind.UNCHANGED: "Ready",
    },
    Operation.UPDATE: {
        VerdictKind.BLOCKED: "Stopped",
        VerdictKind.CAREFUL: "Deployed, with losses",
        VerdictKind.READY: "Deployed",
        VerdictKind.UNCHANGED: "Deployed",
    },
    Operation.DRIFT: dict.fromkeys(VerdictKind, "Drifted") | {VerdictKind.UNCHANGED: "No drift"},
    Operation.REFRESH: dict.fromkeys(VerdictKind, "Refreshed"),
    Operation.DESTROY: dict.fromkeys(VerdictKind, "Destroyed") | {VerdictKind.BLOCKED: "Stopped"},
}
"""How each operation begins its verdict, by outcome; a failure is `Failed` everywhere."""


def decide_verdict(
    records: Sequence[RunRecord],
    rows: Sequence[TargetRow],
    losses: Sequence[Loss],
    successions: Sequence[Loss] = (),
    releases: Sequence[ModelRelease] = (),
    removed: Sequence[str] = (),
) -> Verdict:
    """`successions` go away without a loss. `removed` are targets that the change has no longer."""
    if not records and not removed:
        return Verdict(VerdictKind.UNCHANGED, "Nothing to do", ("no target is affected",))
    outcome = decide_outcome(records, rows, careful=bool(losses or removed))
    if records and all(record.error and record.error.kind == REFUSED for record in records):
        return Verdict(outcome, "Refused", ("nothing was touched", *state_policy_facts(records)))
    facts = [
        *state_failure_facts(records),
        *state_policy_facts(records),
        *state_loss_facts(losses),
        *state_removed_facts(removed),
    ]
    superseded = sum(len(loss.environments) for loss in successions if loss.op is Op.REPLACE)
    left = sum(len(loss.environments) for loss in successions if loss.op is Op.DELETE)
    if outcome in (VerdictKind.READY, VerdictKind.UNCHANGED, VerdictKind.CAREFUL):
        facts += [*state_release_facts(releases), *state_change_facts(rows, superseded + left)]
    if superseded:
        facts.append(f"{plural(superseded, 'resource')} superseded by a new version")
    if left:
        facts.append(f"{plural(left, 'resource')} left in the cloud and no longer managed")
    if outcome is VerdictKind.READY:
        facts.append("nothing lost" if superseded or left else "nothing replaced or deleted")
    return Verdict(outcome, choose_opening(records, outcome), tuple(facts))


def choose_opening(records: Sequence[RunRecord], outcome: VerdictKind) -> str:
    if outcome is VerdictKind.FAILED:
        return "Failed"
    return WORDS[records[0].operation if records else Operation.PREVIEW][outcome]


def state_removed_facts(removed: Sequence[str]) -> list[str]:
    return [f"{plural(len(removed), 'target')} taken out"] if removed else []


def decide_outcome(records: Sequence[RunRecord], rows: Sequence[TargetRow], *, careful: bool) -> VerdictKind:
    if any(row.failed for row in rows):
        return VerdictKind.FAILED
    if any(row.mandatory for row in rows) or any(unjudged.raised for r in records for unjudged in r.unjudged):
        return VerdictKind.BLOCKED
    if careful:
        return VerdictKind.CAREFUL
    return VerdictKind.READY if any(row.moves for row in rows) else VerdictKind.UNCHANGED


def state_failure_facts(records: Sequence[RunRecord]) -> list[str]:
    failed = [record.target for record in records if record.status is Status.FAILED]
    if not failed:
        return []
    previewed = records[0].operation is Operation.PREVIEW
    if len(failed) == len(records) > 1:
        everyone = plural(len(records), "target")
        return [f"none of {everyone} could be run" if previewed else f"all {everyone}"]
    of_all = f"({len(failed):,} of {plural(len(records), 'target')})"
    return [f"{listing(failed, limit=3)}{' could not be run' if previewed else ''} {of_all}"]


def state_policy_facts(records: Sequence[RunRecord]) -> list[str]:
    mandatory = [r.environment for r in records for finding in r.findings if finding.level is Level.MANDATORY]
    broken = {unjudged.rule for r in records for unjudged in r.unjudged if unjudged.raised}
    facts = []
    if mandatory:
        facts.append(f"{plural(len(mandatory), 'mandatory finding')}{in_environments(mandatory)}")
    if broken:
        facts.append(f"{plural(len(broken), 'policy')} broke while judging")
    return facts


def state_loss_facts(losses: Sequence[Loss]) -> list[str]:
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


def state_release_facts(releases: Sequence[ModelRelease]) -> list[str]:
    """`model 1.0.0 → 1.1.0 in 4 targets`, or how many targets get another model where the versions differ."""
    moves = {release.version for release in releases if release.before.model_version != release.after.model_version}
    count = sum(len(release.environments) for release in releases)
    if not moves:
        return []
    return [f"{f'model {moves.pop()}' if len(moves) == 1 else 'another model'} in {plural(count, 'target')}"]


def state_change_facts(rows: Sequence[TargetRow], superseded: int) -> list[str]:
    totals = {op: sum(row.counts[op] for row in rows) for op in (Op.CREATE, Op.UPDATE, Op.IMPORT)}
    changed, moved = sum(row.changed for row in rows), sum(row.moves and not row.changed for row in rows)
    outputs = [f"outputs change in {plural(moved, 'target')}"] if moved else []
    if any(totals.values()):
        return [f"{format_totals(totals)} in {plural(changed, 'target')}", *outputs]
    if outputs or superseded:
        return outputs
    return ["nothing else changes" if changed else f"no change in {plural(len(rows), 'target')}"]
