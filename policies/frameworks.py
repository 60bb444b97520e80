"""Which frameworks a rule serves: read off its reference, and for AWS's controls off `frameworks.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .tables import Node, read_table

FILE = Path(__file__).with_name("frameworks.yaml")
CONTROL = re.compile(r"https://docs\.aws\.amazon\.com/securityhub/latest/userguide/[\w-]+\.html#(\w+-\d+)")
PRACTICE = re.compile(
    r"https://docs\.aws\.amazon\.com/wellarchitected/latest/[\w-]+/(rel|sec|cost|perf|ops)_(\w+)\.html"
)
AZURE_PRACTICE = re.compile(r"https://learn\.microsoft\.com/[\w-]+/azure/well-architected/([\w/-]+)")
PSRULE = re.compile(r"https://azure\.github\.io/PSRule\.Rules\.Azure/en/rules/(Azure\.[\w.]+)")
NAMES = {
    "security-hub": "AWS Security Hub",
    "nist": "NIST SP 800-53 r5",
    "cis": "CIS AWS Foundations Benchmark",
    "well-architected": "AWS Well-Architected",
    "azure-waf": "Azure Well-Architected",
    "psrule": "PSRule for Azure",
}


@dataclass(frozen=True)
class Requirement:
    """One requirement of a framework: `framework` is a key of NAMES."""

    framework: str
    id: str

    def __str__(self) -> str:
        return f"{NAMES[self.framework]} {self.id}"


def requirements(reference: str) -> tuple[Requirement, ...]:
    """What a rule with this reference helps to meet, its own source first."""
    return tuple(_requirements(reference))


def _requirements(reference: str) -> Iterator[Requirement]:
    if match := CONTROL.match(reference):
        control = _controls().get(match[1], {})
        yield from (Requirement("security-hub", text) for text in control.get("id", ()))
        yield from (Requirement(name, text) for name in ("nist", "cis") for text in control.get(name, ()))
    elif match := PRACTICE.match(reference):
        yield Requirement("well-architected", f"{match[1].upper()} {match[2].replace('_', '-')}")
    elif match := AZURE_PRACTICE.match(reference):
        yield Requirement("azure-waf", match[1])
    elif match := PSRULE.match(reference):
        yield Requirement("psrule", match[1])


@cache
def _controls() -> dict[str, dict[str, tuple[str, ...]]]:
    return {key: {name: _texts(node) for name, node in row.items()} for key, row in read_table(FILE).items()}


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(entry.text() for entry in node.texts())
