"""What an approval is given for: one sealed statement of the change, of what it starts from and of what judged it.

`gitops preview --bind` writes it beside the report that the approver reads; `gitops deploy --reviewed` states the same
things anew and goes on only where they are equal. Everything is compared by value, and the seal is taken anew, so that
neither a record nor the envelope is believed for what it says of itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitops.digest import change_digest
from gitops.records import Record, RunRecord

FILE = "envelope.json"
HOURS = 72
"""How long an approval may wait: a review is of a moment, and what it started from is compared as well."""


class Circumstances(Record):
    """What the change depends on besides itself. `run` and `attempt` are GitHub's, empty and 0 on a laptop."""

    environment: str
    rehearsal: bool
    commit: str
    policies: str
    engine: str
    backend: str
    accounts: str = ""
    run: str = ""
    attempt: int = 0


class Bound(Record):
    """One target: the digest of its change and the hash of the state that it starts from."""

    change: str
    state: str


class Envelope(Record):
    """`made` and `expires` are seconds since 1970; `seal` covers every other field."""

    circumstances: Circumstances
    targets: dict[str, Bound]
    made: int
    expires: int
    keyed: bool
    seal: str = ""


@dataclass(frozen=True)
class Review:
    """What a reviewer saw: the records by target, and the envelope around them."""

    records: Mapping[str, RunRecord]
    envelope: Envelope


WORDS = {
    "environment": "environment",
    "rehearsal": "clouds (rehearsal or real)",
    "commit": "commit",
    "policies": "policy pack",
    "engine": "engine",
    "backend": "state backend",
    "accounts": "account",
    "run": "workflow run",
}


def bind(records: Iterable[RunRecord], circumstances: Circumstances, now: float, key: bytes) -> Envelope:
    """The sealed envelope of a preview; an empty `key` seals against accidents only."""
    envelope = Envelope(
        circumstances=circumstances,
        targets={record.target: Bound(change=change_digest(record), state=record.state) for record in records},
        made=int(now),
        expires=int(now) + HOURS * 3600,
        keyed=bool(key),
    )
    return envelope.model_copy(update={"seal": seal(envelope, key)})


def seal(envelope: Envelope, key: bytes) -> str:
    document = envelope.model_copy(update={"seal": ""}).model_dump(mode="json")
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hmac.new(key or b"no key", text.encode(), hashlib.sha256).hexdigest()


def refuse(review: Review, current: Circumstances, now: float, key: bytes) -> str:
    """Why this review says nothing about a deployment under the circumstances found, empty if it does."""
    envelope, reviewed = review.envelope, review.envelope.circumstances
    if not hmac.compare_digest(envelope.seal, seal(envelope, key)):
        return "the review's seal is wrong: the review was changed, or sealed with another key"
    if not envelope.made - 300 <= now < envelope.expires:
        return f"the review was not made within the last {HOURS} hours"
    for name, words in WORDS.items():
        if getattr(reviewed, name) != getattr(current, name):
            here = getattr(current, name)
            return f"the review is of another {words}: {getattr(reviewed, name)!r}, here it is {here!r}"
    if reviewed.attempt > current.attempt:
        return f"the review is of a later attempt: {reviewed.attempt}, this is {current.attempt}"
    return refuse_records(review)


def refuse_records(review: Review) -> str:
    """Why the records are not the ones that were sealed, empty if they are."""
    sealed, records = review.envelope.targets, review.records
    if sealed.keys() != records.keys():
        return f"the review's records are not the sealed ones: {', '.join(sorted(sealed.keys() ^ records.keys()))}"
    for target, record in sorted(records.items()):
        if sealed[target] != Bound(change=change_digest(record), state=record.state):
            return f"the record of {target} is not the one that was sealed"
        if record.secrets and not (review.envelope.keyed or record.rehearsal):
            return (
                f"{target} has secrets, which cannot be compared without GITOPS_REVIEW_KEY: set it in both environments"
            )
    return ""
