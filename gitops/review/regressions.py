"""Policy regressions of a pull request: rules gone, levels and thresholds lowered, exemptions added, findings lost.

The policy pack that judges a change comes with the change. So when `policies/` differs from the base revision's, the
same previews are judged by the base's pack as well, and what only that one finds is reported.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from gitops import baseline, catalogue
from gitops.catalogue import Catalogue
from gitops.checkout import environments
from gitops.checkout.git import git
from gitops.checkout.targets import Target
from gitops.engine.pool import OnDone
from gitops.errors import UserError
from gitops.preview import preview
from gitops.records import RunRecord
from gitops.run import Run

# what `remediate` does not repair is mandatory
STRICTNESS = {"disabled": 0, "advisory": 1, "remediate": 2, "mandatory": 2}
# which way a threshold gets weaker, by its name; of any other name every change is told
WEAKER_BELOW, WEAKER_ABOVE = ("least", "zones", "days"), ("most", "longest")


def compare_levels(before: Catalogue, after: Catalogue) -> list[str]:
    """A sentence for each rule that is gone, and for each environment in which a rule's level is lower."""
    sentences = [f"The rule {name} is removed." for name in sorted(before.keys() - after.keys())]
    for name in sorted(before.keys() & after.keys()):
        for environment, level in before[name].levels.items():
            now = after[name].levels.get(environment, level)  # an environment that is gone judges nothing any longer
            if STRICTNESS[now] < STRICTNESS[level]:
                sentences.append(f"The rule {name} is {now} in {environment}; on the base it is {level}.")
    return sentences


def compare_thresholds(before: Catalogue, after: Catalogue) -> list[str]:
    """A sentence for each threshold that lets more pass, as `policies/config.json` or the rule itself sets it."""
    sentences = []
    for name in sorted(before.keys() & after.keys()):
        for threshold, schema in before[name].parameters.items():
            was, now = schema.get("default"), after[name].parameters.get(threshold, {}).get("default")
            if now is None:
                sentences.append(f"The threshold {threshold} of the rule {name} is removed.")
            elif _is_weaker(threshold, was, now):
                sentences.append(f"The threshold {threshold} of the rule {name} is {now}; on the base it is {was}.")
    return sentences


def _is_weaker(threshold: str, was: Any, now: Any) -> bool:
    """Whether a threshold's present value may let pass what the former one does not."""
    if isinstance(was, list):
        return not set(was) <= set(now)
    if threshold in WEAKER_BELOW:
        return now < was
    return now > was if threshold in WEAKER_ABOVE else now != was


def compare_environments(before: Path, after: Path) -> list[str]:
    """A sentence for each environment that the base lists and this change does not: nothing judges it any longer."""
    kept = environments.names(after)
    return [f"The environment {name} is removed." for name in environments.names(before) if name not in kept]


def compare_exemptions(before: Path, after: Path, renamed: Mapping[str, str]) -> list[str]:
    """A sentence for each exemption that the base's file does not have, under the rule's former name or its new one."""
    known = {key(entry, renamed) for entry in entries(before)}
    return [
        f"An exemption from {entry.get('rule')} for {entry.get('resource')} is added."
        for entry in entries(after)
        if key(entry, renamed) not in known
    ]


def entries(file: Path) -> list[Mapping[str, Any]]:
    """The exemptions of a file; none if it is not there or cannot be read, which the pack itself reports."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return []
    entries = document.get("exemptions") if isinstance(document, dict) else None
    return [entry for entry in entries or () if isinstance(entry, dict)]


def key(entry: Mapping[str, Any], renamed: Mapping[str, str]) -> tuple[str, ...]:
    rule, resource, expires = (str(entry.get(name)) for name in ("rule", "resource", "expires"))
    return renamed.get(rule, rule), resource, expires


def judge_examples(root: Path, examples: Path) -> list[str]:
    """The rule of each break in the base's examples that this change's pack does not find. Raises UserError."""
    command = [sys.executable, "-m", "policies.lost", str(examples)]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        raise UserError((result.stderr.strip().splitlines() or ["no reason given"])[-1], where="policies/examples")
    return [row["rule"] for row in json.loads(result.stdout)]


def compare_examples(rules: Catalogue, root: Path, examples: Path) -> list[str]:
    """A sentence for each rule that is still there and no longer finds what the base shows as its failing examples."""
    try:
        counts = Counter(judge_examples(root, examples))
    except UserError as error:
        return [f"The base's examples cannot be judged by this change's pack: {error.message}."]
    return [
        f"The rule {name} no longer finds {count} of the base's examples of what breaks it."
        for name, count in sorted(counts.items())
        if name in rules
    ]


def compare_findings(before: Iterable[RunRecord], after: Iterable[RunRecord], renamed: Mapping[str, str]) -> list[str]:
    """A sentence for each rule and target where the base's pack finds more, or finds it more severely."""
    now = {record.target: by_strictness(record, {}) for record in after}
    sentences = []
    for record in before:
        strict, kept = by_strictness(record, renamed), now.get(record.target, {})
        lost = Counter(rule for (rule, urn), level in strict.items() if kept.get((rule, urn), 0) < level)
        for rule, count in sorted(lost.items()):
            times = "once" if count == 1 else f"{count} times"
            sentences.append(f"The base's pack finds {rule} {times} in {record.target} where this change's does not.")
    return sentences


def by_strictness(record: RunRecord, renamed: Mapping[str, str]) -> dict[tuple[str, str | None], int]:
    """The strictest finding of each rule, by its present name, on each resource."""
    losses: dict[tuple[str, str | None], int] = {}
    for finding in record.findings:
        finding_key = renamed.get(finding.rule, finding.rule), finding.urn
        losses[finding_key] = max(losses.get(finding_key, 0), STRICTNESS[finding.level])
    return losses


def compare_packs(
    run: Run, revision: str, targets: Sequence[Target], records: Sequence[RunRecord], on_done: OnDone
) -> tuple[str, ...]:
    """How the working tree's pack is weaker than the revision's, a sentence each; empty where they are the same."""
    if not git(run.root, "diff", "--name-only", "--end-of-options", revision, "--", "policies", environments.FILE):
        return ()
    with tempfile.TemporaryDirectory(prefix="gitops-baseline-pack-") as name:
        tree = baseline.extract(run.root, revision, Path(name).resolve())
        former, present = tree / "policies", run.root / "policies"
        if not (former / "PulumiPolicy.yaml").exists():
            return ()
        try:
            present_rules = catalogue.read(run.root)
            renamed = catalogue.former_names(present_rules)
            former_rules = {renamed.get(name, name): rule for name, rule in catalogue.read(tree).items()}
            sentences = compare_levels(former_rules, present_rules)
            sentences += compare_thresholds(former_rules, present_rules)
            sentences += compare_environments(tree, run.root)
            sentences += compare_exemptions(former / "exemptions.yaml", present / "exemptions.yaml", renamed)
        except UserError as error:
            return (f"The two packs cannot be compared: {error.where}: {error.message}.",)
        sentences += compare_examples(present_rules, run.root, former / "examples")
        judged = preview(replace(run, pack=former), targets, cache=None, on_done=on_done)
    return (*sentences, *compare_findings(judged, records, renamed))
