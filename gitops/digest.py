"""The digest of a change: equal exactly when a reviewer would have seen the same change.

It covers what would be done to which resource with which properties, what providers are set to, which secrets are set,
what was changed by hand, what the stack's outputs become, and nothing that differs between two runs of the same change:
no times, no order, no resource that stays as it is, no name that a provider makes up anew in every run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from gitops.engine.automatic import looks_made
from gitops.records import Op, RunRecord, Step

QUIET = frozenset({Op.SAME, Op.READ, Op.REFRESH})
MADE = frozenset({Op.CREATE, Op.REPLACE})


def change_digest(record: RunRecord) -> str:
    """SHA-256 (hex) over the changed steps, providers, secrets and outputs of a record in canonical JSON."""
    changes = [normal(step) for step in (*record.steps, *record.providers) if step.op not in QUIET]
    document = {
        "target": record.target,
        "rehearsal": record.rehearsal,
        "changes": sorted(changes, key=lambda change: change["urn"]),
        "drift": [normal(step) for step in record.drift],
        "secrets": record.secrets,
        "outputs": [[diff.path, diff.before, diff.after] for diff in record.output_diffs],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(without_made_names(text, find_made_names(record)).encode()).hexdigest()


def normal(step: Step) -> dict[str, Any]:
    created = step.op in (Op.CREATE, Op.REPLACE, Op.IMPORT)
    return {
        "op": step.op.value,
        "urn": step.urn,
        "inputs": step.inputs if created else None,
        "goes": [step.deletes_first, step.retained, step.deleted_with] if step.op in (Op.REPLACE, Op.DELETE) else None,
        "protect": step.protect,
        "diffs": [[d.path, d.kind, d.replaces, d.before, d.after] for d in step.diffs],
    }


def find_made_names(record: RunRecord) -> dict[str, str]:
    """Names that providers made up, with what stands for each; only of resources that the run makes."""
    return dict(pair for step in record.steps if step.op in MADE for pair in names_of(step))


def names_of(step: Step) -> Iterator[tuple[str, str]]:
    for path in step.automatic:
        if looks_made(value := step.inputs.get(path), step.name):  # a record may say what it likes
            yield str(value), f"{step.name}-*"


def without_made_names(text: str, names: Mapping[str, str]) -> str:
    """The text with each made-up name, wherever it stands: other resources are given it."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text
