"""Taking in what a job left that ran a stranger's code: by schema and size, and with nothing said in our name.

The records come from the pull request's own run, so they may be anything. What is rendered from them is rendered by the
default branch's code, with its rules' own words and links.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gitops.catalogue import Catalogue
from gitops.errors import UserError
from gitops.records import Finding, RunRecord

MOST_RECORDS = 1_024
LARGEST_RECORD, LARGEST_CONTEXT, LARGEST_OF_ALL = 20_000_000, 200_000, 200_000_000
"""Bytes. The largest record of this repository has 0.3 MB."""
FILE = re.compile(r"(?P<stack>[A-Za-z0-9][A-Za-z0-9_-]{0,99})\.(?P<environment>[a-z][a-z0-9-]{0,30})\.json")
HINT = "The report of this run is left out; its own log has what it found."


class Told(BaseModel):
    """The part of a report's context that only the run can know. The rest is what GitHub's event says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    judge_changes: tuple[str, ...] = Field(default=(), max_length=1_000)
    removed: tuple[str, ...] = Field(default=(), max_length=1_000)


def read_records(folder: Path, rules: Catalogue) -> tuple[RunRecord, ...]:
    """The records of a report folder that somebody else wrote. Raises `UserError` for anything that is no record."""
    records = folder / "records"
    files = sorted(records.iterdir()) if records.is_dir() and not records.is_symlink() else []
    if not 0 < len(files) <= MOST_RECORDS:
        raise UserError(f"{len(files)} records, expected 1 to {MOST_RECORDS}", where="records", hint=HINT)
    size = sum(check_file(file, LARGEST_RECORD) for file in files)
    if size > LARGEST_OF_ALL:
        raise UserError(f"{size:,} bytes of records, expected {LARGEST_OF_ALL:,} at most", where="records", hint=HINT)
    return tuple(read_record(file, rules) for file in files)


def check_file(file: Path, largest: int) -> int:
    """The file's size. Raises `UserError` for a link, a folder or a file that is too large."""
    if file.is_symlink() or not file.is_file():
        raise UserError("no plain file", where=quote_name(file), hint=HINT)
    size = file.stat().st_size
    if size > largest:
        raise UserError(f"{size:,} bytes, expected {largest:,} at most", where=quote_name(file), hint=HINT)
    return size


def read_record(file: Path, rules: Catalogue) -> RunRecord:
    """One record, of the target that its file is named by, of a rehearsal, with the catalogue's words."""
    try:
        record = RunRecord.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise UserError(f"no record: {error.error_count()} faults", where=quote_name(file), hint=HINT) from None
    named = FILE.fullmatch(file.name)
    if not named or (record.stack, record.environment) != (named["stack"], named["environment"]):
        raise UserError("the record is of another target than its file name says", where=quote_name(file), hint=HINT)
    if not record.rehearsal:
        raise UserError(
            "a pull request's preview is a rehearsal, but this record is not of one", where=quote_name(file), hint=HINT
        )
    return record.model_copy(update={"findings": tuple(in_own_words(finding, rules) for finding in record.findings)})


def in_own_words(finding: Finding, rules: Catalogue) -> Finding:
    """The finding with title, reason, fix and link of the default branch's rule; of a rule new to it, only its name."""
    rule = rules.get(finding.rule)
    said = {
        "title": rule.title if rule else finding.rule,
        "why": rule.why if rule else "",
        "fix": rule.fix if rule else "",
        "reference": rule.reference if rule else "",
    }
    return finding.model_copy(update=said)


def read_told(folder: Path) -> Told:
    """What the run says of the policy pack and of removed targets; nothing where it left no word."""
    file = folder / "context.json"
    if not file.exists() and not file.is_symlink():
        return Told()
    check_file(file, LARGEST_CONTEXT)
    try:
        return Told.model_validate(json.loads(file.read_bytes()))
    except (ValueError, RecursionError):
        raise UserError("no context of a report", where=quote_name(file), hint=HINT) from None


def quote_name(file: Path) -> str:
    """The file's name as it may be printed."""
    return repr(file.name[:100])
