"""Ways in which the policy pack may be weaker, accepted by its owners: else a weaker pack fails the check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from gitops.checkout.targets import invalid_yaml
from gitops.errors import UserError

FILE = "policies/accepted.yaml"
KEYS = {"what", "reason", "owner", "expires"}
ACCEPTED = " (accepted: "


def read_accepted(root: Path, today: date) -> dict[str, str]:
    """Reason and owner by sentence, of the entries that still hold. Raises `UserError` for a file that is none."""
    file = root / FILE
    if not file.is_file():
        return {}
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise invalid_yaml(FILE, error) from error
    entries = document.get("accepted") if isinstance(document, dict) else None
    return dict(pair for entry in entries or () for pair in read_entry(entry, today))


def read_entry(entry: Mapping[str, Any], today: date) -> Iterable[tuple[str, str]]:
    if not isinstance(entry, dict) or entry.keys() != KEYS or not isinstance(entry["expires"], date):
        entry_text = ", ".join(map(str, entry)) if isinstance(entry, dict) else repr(entry)
        expected = "what (the report's sentence), reason, owner and expires (YYYY-MM-DD)"
        raise UserError(f"an entry has {entry_text}, expected {expected}", where=FILE, hint="Mend the entry.")
    if entry["expires"] >= today:
        yield str(entry["what"]).strip(), f"{entry['reason']}, {entry['owner']}, until {entry['expires']}"


def mark_accepted(sentences: Iterable[str], accepted: Mapping[str, str]) -> tuple[str, ...]:
    """The sentences, those that are accepted with why and by whom."""
    return tuple(f"{s}{ACCEPTED}{accepted[s]})" if s in accepted else s for s in sentences)


def is_weaker(sentences: Iterable[str]) -> bool:
    """Whether the pack is weaker in a way that nobody accepted. An exemption that is added is an acceptance itself."""
    return any(ACCEPTED not in sentence and not sentence.startswith("An exemption from ") for sentence in sentences)
