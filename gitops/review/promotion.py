"""Whether an environment gets what the one before it verified: the same release, and else only what its YAML declares.

What a config file declares is not guessed from its keys: the program is rehearsed with both environments' files
(gitops/review/declared.py), and what then differs, they declare.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gitops.digest import QUIET, names_of, without_made_names
from gitops.engine.automatic import looks_made
from gitops.records import SECRET, UNKNOWN, Finding, Level, Op, Operation, RunRecord, Severity, Status, Step
from gitops.releases import Release, read_release, serves_another
from gitops.report.text.words import listing, plural

RULE = "promoted-as-verified"
ABSENT = "[absent]"
ACCOUNT = re.compile(r"\b\d{12}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
"""Numbers of AWS accounts, ids of Azure subscriptions and tenants: each environment may have its own."""
CUT_NAME = re.compile(r"(?P<begin>.*[a-z{}].*)-[0-9a-f]{6}")
"""A name that was cut to its limit: it ends in a hash of the whole, the environment's name in it (shared/naming.py)."""
HASH = re.compile(r"\b[0-9a-f]{12,128}\b")

PropertyPath = tuple[str, ...]
Leaves = Mapping[PropertyPath, Any]
"""The properties of a resource by path, lists by index."""


@dataclass(frozen=True)
class Snapshot:
    """The resources that a target has once a run is done, by URN without the stack's name, as far as they are known."""

    environment: str
    resources: Mapping[str, Leaves]

    def find(self, urn: str, environment: str) -> Leaves | None:
        """The resource that another environment's `urn` stands for here; literal names go before translated ones."""
        key = urn.split("::", 2)[-1]
        return self.resources.get(key) or self.resources.get(without_name(key, environment))


@dataclass(frozen=True)
class Snapshots:
    """Of one stack. `verified` is what the environment before runs, `shown` what the preview of this one would make.

    The others are what the program makes of config files from nothing: `plain` of that of the environment before,
    `declared` of this one's under the name of the environment before, `own` under its own.
    """

    verified: Snapshot
    shown: Snapshot
    plain: Snapshot
    declared: Snapshot
    own: Snapshot


@dataclass(frozen=True)
class Difference:
    """One property that is neither verified nor declared; a resource as a whole has an empty `path`."""

    urn: str
    path: str
    verified: Any
    shown: Any

    @property
    def sentence(self) -> str:
        if not self.path:
            return "it was not verified, and no YAML declares it"
        return f"{self.path} is {self.shown!r}, verified was {self.verified!r}, and no YAML declares the difference"


def take_snapshot(record: RunRecord, preview: RunRecord | None = None) -> Snapshot:
    """What the record leaves. In a comparison with the clouds no program runs that could tell which names it leaves to
    its providers: `preview`, of another environment of the program, does."""
    kept = [step for step in record.steps if step.custom and step.op not in (Op.DELETE, Op.READ)]
    if preview:
        left = {without_name(key_of(step), preview.environment): step.automatic for step in preview.steps}
        kept = [with_automatic(step, left.get(without_name(key_of(step), record.environment), ())) for step in kept]
    made_up = dict(pair for step in kept for pair in names_of(step))
    resources: dict[str, Leaves] = {}
    for step in kept:
        key = key_of(step)
        inputs = json.loads(without_made_names(json.dumps(step.inputs), made_up))
        resources[key] = dict(leaves(inputs))
        resources.setdefault(without_name(key, record.environment), resources[key])
    return Snapshot(record.environment, resources)


def key_of(step: Step) -> str:
    """The URN without the stack's name."""
    return step.urn.split("::", 2)[-1]


def with_automatic(step: Step, paths: tuple[str, ...]) -> Step:
    more = (path for path in paths if looks_made(step.inputs.get(path), step.name))
    return step.model_copy(update={"automatic": tuple(sorted({*step.automatic, *more}))})


def leaves(value: Any, path: PropertyPath = ()) -> Iterator[tuple[PropertyPath, Any]]:
    """Every value by its path. JSON in a string is read: of a policy's text only one value may differ."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, str(index)))
    else:
        yield path, value


def without_name(text: str, environment: str) -> str:
    """The text with one word for the environment's name, and one for an account's number."""
    word = rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])"
    return ACCOUNT.sub("{account}", re.sub(word, "{environment}", text))


def find_undeclared(record: RunRecord, snapshots: Snapshots) -> Iterator[Difference]:
    """What this change would do that was neither verified nor is declared; what it does not touch is left out."""
    for step in record.steps:
        if not step.custom or step.op in QUIET or step.op is Op.DELETE:
            continue
        verified, shown, plain, declared, own = (
            snapshot.find(step.urn, record.environment) or {}
            for snapshot in (snapshots.verified, snapshots.shown, snapshots.plain, snapshots.declared, snapshots.own)
        )
        if not verified:
            if plain or not declared:
                yield Difference(step.urn, "", None, None)
            continue
        former, here = snapshots.verified.environment, record.environment
        for path in sorted(shown.keys() | verified.keys()):
            before, after = verified.get(path, ABSENT), shown.get(path, ABSENT)
            known = same(before, former, after, here) or (is_hash(after) and own.get(path) == after)
            wanted, other = declared.get(path, ABSENT), plain.get(path, ABSENT)
            follows = same(wanted, former, after, here) or not same(other, former, wanted, former)
            if not (known or follows or is_open_above(path, declared)):
                yield Difference(step.urn, ".".join(path), before, after)


def is_open_above(path: PropertyPath, declared: Leaves) -> bool:
    """Whether the value is known only once something else is made, which is compared itself."""
    return any(is_open(declared.get(path[:length])) for length in range(len(path) + 1))


def is_open(value: Any) -> bool:
    return isinstance(value, str) and (UNKNOWN in value or SECRET in value)


def is_hash(value: Any) -> bool:
    """Whether a hash is all that could differ: of a text with the environment's name in it, it is another one."""
    return isinstance(value, str) and bool(HASH.search(value))


def same(one: Any, environment: str, other: Any, another: str) -> bool:
    """Whether two values are equal as far as they are known, but for their environments' names."""
    if one == other or is_open(one) or is_open(other):
        return True
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    one, other = without_name(one, environment), without_name(other, another)
    if one == other:
        return True
    first, second = CUT_NAME.fullmatch(one), CUT_NAME.fullmatch(other)
    if not (first and second):
        return False
    shorter, longer = sorted((first["begin"], second["begin"]), key=len)
    return longer.startswith(shorter)


def find_release_difference(record: RunRecord, verified: RunRecord) -> str:
    """Why the release is not the one that was verified, empty if it is, or is none that this change brings."""
    before, after, proven = map(read_release, (record.outputs_before, record.outputs, verified.outputs))
    if after is None or (before and not serves_another(before, after)):
        return ""
    if proven is None:
        return f"it is unknown which release {verified.environment} verified"
    pairs = {
        "model_version": (proven.model_version, after.model_version),
        "artefact_digest": (proven.artefact_digest, after.artefact_digest),
        "image": (digest_of(proven), digest_of(after)),
    }
    moved = [f"{name} {now}, verified was {was}" for name, (was, now) in pairs.items() if was != now]
    return f"another release than {verified.environment} verified: {', '.join(moved)}" if moved else ""


def digest_of(release: Release) -> str:
    """What an image is, wherever it is kept: its digest, else its tag."""
    return release.image.rpartition("@")[2].rpartition("/")[2]


def find_differences(record: RunRecord, verified: RunRecord, snapshots: Snapshots) -> Iterator[Finding]:
    """A mandatory finding for each thing that this environment would be the first to get."""
    if reason := find_release_difference(record, verified):
        yield as_finding(reason)
    steps = {step.urn: step for step in record.steps}
    for difference in find_undeclared(record, snapshots):
        yield as_finding(difference.sentence, steps[difference.urn])


def as_finding(message: str, step: Step | None = None) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.MANDATORY,
        severity=Severity.HIGH,
        title="An environment gets what the one before it verified",
        message=message,
        urn=step.urn if step else None,
        source=step.source if step else None,
        component=step.component if step else None,
        why="What the environment before has not verified would be tried here for the first time.",
        fix="Declare the difference in the environments' YAML files, or deploy it to the environment before first.",
    )


def find_fault_of_proof(record: RunRecord, proof: RunRecord | None, environment: str) -> str:
    """Why what `environment` left proves nothing of this target, empty if it does."""
    if proof is None:
        return f"there is no record that {environment} verified it"
    if proof.status is not Status.SUCCEEDED or proof.operation is not Operation.DRIFT:
        return f"{environment} did not verify it: {proof.error.message if proof.error else 'no comparison was made'}"
    if proof.rehearsal is not record.rehearsal:
        return f"{environment} verified it in {'rehearsal' if proof.rehearsal else 'real'} clouds, these are others"
    return ""


def list_declared(before: Any, here: Any) -> tuple[str, ...]:
    """The keys in which two configs differ, with the project's name left out."""
    first, second = dict(leaves(before)), dict(leaves(here))
    differing = (path for path in first.keys() | second.keys() if first.get(path) != second.get(path))
    return tuple(sorted({".".join(path).partition(":")[2] for path in differing}))


def describe(target: str, environment: str, findings: int, declared: tuple[str, ...]) -> str:
    """One sentence about one target, for whoever approves it."""
    if findings:
        return f"{target}: {plural(findings, 'difference')} from what {environment} verified that no YAML declares"
    if not declared:
        return f"{target}: as {environment} verified it, with the same config"
    return f"{target}: as {environment} verified it, but for what the YAML declares: {listing(declared, limit=6)}"
