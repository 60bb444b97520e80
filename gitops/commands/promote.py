"""`gitops promote ENVIRONMENT REVIEWED`: hold a sealed preview against what the environment before has verified."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gitops import reporting
from gitops.checkout import environments
from gitops.checkout.targets import Target, discover
from gitops.commands import common
from gitops.commands.common import FINDINGS, FINE, Environment, Jobs, Seconds
from gitops.engine.scratch import read as read_yaml
from gitops.records import Level, RunRecord
from gitops.report.model.rows import summarize_target
from gitops.review import promotion
from gitops.review.declared import rehearse_configs
from gitops.review.promotion import Snapshots, take_snapshot

ATTEMPT = re.compile(r"\d+$")


def command(
    environment: Environment,
    reviewed: Annotated[Path, typer.Argument(metavar="REVIEWED", help="folder that `gitops preview --bind` wrote")],
    proofs: Annotated[
        Path, typer.Option("--proofs", metavar="DIR", help="folder with the report folders of `gitops verify`")
    ],
    advisory: Annotated[
        bool, typer.Option("--advisory", envvar="GITOPS_PROMOTION_ADVISORY", help="list differences, block nothing")
    ] = False,
    jobs: Jobs = common.CORES,
    seconds: Seconds = 300,
) -> None:
    """Add a finding to the review for everything that was not verified. Exit 0 if only the YAML makes a difference,
    else 1."""
    common.require_environment(environment)
    common.require_report(reviewed, "gitops preview --bind")
    records, about = reporting.read(reviewed), reporting.read_context(reviewed)
    root = common.checkout()
    before = find_former(root, environment, records)
    proven = read_proofs(proofs, about.commit)
    changing = [record for record in records if target_of(record) in before and summarize_target(record).moves]
    with common.open_run(rehearse=True, jobs=jobs, seconds=seconds) as run:
        targets = [target_of(record) for record in changing]
        rehearsed = rehearse_configs(run, targets, before, common.follow("rehearsed for comparison"))
    level = Level.ADVISORY if advisory else Level.MANDATORY
    sentences, judged = [], {record.target: record for record in records}
    for record in changing:
        target = target_of(record)
        former = Target(target.stack, before[target])
        findings = judge(record, proven.get(str(former)), former.environment, rehearsed[target])
        marked = tuple(finding.model_copy(update={"level": level}) for finding in findings)
        judged[record.target] = record.model_copy(update={"findings": (*record.findings, *marked)})
        declared = promotion.list_declared(*(read_yaml(each.config_file(root)) for each in (former, target)))
        sentences.append(promotion.describe(record.target, former.environment, len(findings), declared))
    reporting.write(reviewed, judged.values(), replace(about, promotion=tuple(sentences)))
    for sentence in sentences:
        common.output.print(sentence, markup=False)
    blocked = any(finding.rule == promotion.RULE for record in judged.values() for finding in record.findings)
    raise typer.Exit(FINDINGS if blocked and not advisory else FINE)


def target_of(record: RunRecord) -> Target:
    return Target(record.stack, record.environment)


def find_former(root: Path, environment: str, records: Sequence[RunRecord]) -> dict[Target, str]:
    """The environment that each target is promoted from: the nearest earlier one that has the stack. Targets without
    one are omitted."""
    order, known = environments.names(root), set(discover(root))
    earlier = list(reversed(order[: order.index(environment)]))
    former = {}
    for target in map(target_of, records):
        names = [name for name in earlier if Target(target.stack, name) in known]
        former |= {target: names[0]} if names else {}
    return former


def read_proofs(folder: Path, commit: str) -> dict[str, RunRecord]:
    """The latest verification of this commit, by target. Verifications of an edited tree do not count."""
    reports = sorted(reporting.find_reports(folder), key=attempt_of)
    reports_read = [(reporting.read_context(report), reporting.read(report)) for report in reports]
    fitting = (records for about, records in reports_read if about.commit == commit and not about.edited)
    return {record.target: record for records in fitting for record in records}


def attempt_of(report: Path) -> tuple[int, str]:
    """Workflows name the folders `verified-ENVIRONMENT-ATTEMPT`."""
    number = ATTEMPT.search(report.name)
    return int(number[0]) if number else 0, report.name


def judge(
    record: RunRecord, proof: RunRecord | None, former: str, rehearsed: Sequence[RunRecord]
) -> tuple[promotion.Finding, ...]:
    """The findings of one target. A comparison that fails is a finding as well."""
    fault = promotion.find_fault_of_proof(record, proof, former)
    for failed in (each.error for each in rehearsed if each.error):
        fault = fault or f"what its config declares is not known: {failed.message}"
    if fault or proof is None:
        return (promotion.as_finding(fault),)
    plain, declared, own = map(take_snapshot, rehearsed)
    snapshots = Snapshots(take_snapshot(proof, record), take_snapshot(record), plain, declared, own)
    return tuple(promotion.find_differences(record, proof, snapshots))
