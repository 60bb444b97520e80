"""The exemption of a finding, ready to paste into the policy pack's list; what only a person knows is left empty."""

from __future__ import annotations

import json
import re
from glob import escape

from gitops.report.model.findings import ViolatedRule
from gitops.report.text.escape.text import clean
from gitops.report.text.urns import STACK_TYPE

FILE = "policies/exemptions.yaml"
MOST_ENTRIES = 12
PLAIN = re.compile(r"[\w$/.@+-][\w$/.@+:-]*[\w$/.@+-]")
"""Text that YAML reads as it is written."""
EMPTY = (
    ("reason", "why the finding is accepted for now"),
    ("owner", "who answers for it"),
    ("expires", "last day it holds, YYYY-MM-DD"),
)


def list_exemptable(rule: ViolatedRule) -> tuple[str, ...]:
    """The URNs of the findings that an exemption may cover: not those on the stack itself, which are about the pack."""
    return tuple(urn for urn in rule.urns if urn.startswith("urn:pulumi:") and f"::{STACK_TYPE}::" not in urn)


def write_entries(rule: ViolatedRule) -> str:
    """Entries for the first `MOST_ENTRIES` resources, indented as the list's; empty where nothing may be exempted."""
    return "\n".join(write_entry(rule.name, urn) for urn in list_exemptable(rule)[:MOST_ENTRIES])


def write_entry(rule: str, urn: str) -> str:
    """The resource is a pattern to the pack, so that what is special in one is escaped in the URN."""
    blanks = [f"    {name}: # {what}" for name, what in EMPTY]
    return "\n".join([f"  - resource: {quote(escape(urn))}", f"    rule: {quote(rule)}", *blanks])


def quote(text: str) -> str:
    """`text` as a YAML value: a JSON string is one, where the text cannot stand by itself."""
    return text if PLAIN.fullmatch(text) else json.dumps(clean(text), ensure_ascii=False)
