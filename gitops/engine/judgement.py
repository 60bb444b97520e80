"""Sorting what the policy pack said: violations, findings that an exemption took away, rules that could not judge.

The engine passes on a rule's name, level and message only, so the pack says in the message which of these it is
(policies/judge.py, policies/rule.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gitops.records import Exemption, Finding, Level, SourceLine, Unjudged

EXEMPTED = re.compile(
    r"; exempted: (?P<reason>.*) "
    r"\(owner (?P<owner>.*), expires (?P<expires>[\d-]+), (?P<file>[^():]+):(?P<line>\d+)\)$",
    re.DOTALL,
)
NOT_YET = re.compile(r"not judged before apply: (?P<reason>.*)$", re.DOTALL)
TABLE = re.compile(r"(?P<file>[\w./-]+\.yaml):(?P<line>\d+): ")
BROKEN = re.compile(r"(?P<reason>the rule itself failed on .*)$", re.DOTALL)


@dataclass(frozen=True)
class Judgement:
    findings: tuple[Finding, ...]
    exemptions: tuple[Exemption, ...]
    unjudged: tuple[Unjudged, ...]


def sort(found: Iterable[Finding]) -> Judgement:
    """A rule that broke is both: unjudged, and a mandatory finding, so that it can never pass for a good word."""
    findings, exemptions, unjudged = [], [], []
    for finding in sorted(found, key=lambda f: (f.rule, f.urn or "", f.message)):
        advisory = finding.level is Level.ADVISORY
        exempted = EXEMPTED.search(finding.message) if advisory else None
        waiting = NOT_YET.search(finding.message) if advisory else None
        broken = BROKEN.search(finding.message)
        if exempted:
            exemptions.append(exemption(finding, exempted))
        elif waiting:
            unjudged.append(Unjudged(rule=finding.rule, reason=waiting["reason"], urn=finding.urn))
        else:
            findings.append(locate(finding))
        if broken:
            unjudged.append(Unjudged(rule=finding.rule, reason=broken["reason"], urn=finding.urn, raised=True))
    return Judgement(tuple(findings), tuple(exemptions), tuple(unjudged))


def locate(finding: Finding) -> Finding:
    """The finding at the line of the pack's own table that its message begins with, if it does."""
    table = TABLE.match(finding.message)
    source = SourceLine(file=table["file"], line=int(table["line"])) if table else finding.source
    return finding.model_copy(update={"source": source})


def exemption(finding: Finding, match: re.Match[str]) -> Exemption:
    return Exemption(
        rule=finding.rule,
        reason=match["reason"],
        owner=match["owner"],
        expires=match["expires"],
        urn=finding.urn,
        source=SourceLine(file=match["file"], line=int(match["line"])),
    )
