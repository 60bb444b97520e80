"""The digest of a change: equal exactly when a reviewer would have seen the same change.

It covers what would be done to which resource with which properties, what the stack's outputs become, and nothing that
differs between two runs of the same change: no times, no order, no resource that stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from gitops.records import Op, RunRecord, Step

QUIET = frozenset({Op.SAME, Op.READ, Op.REFRESH})


def change_digest(record: RunRecord) -> str:
    """SHA-256 (hex) over the changed steps and outputs of a record in canonical JSON."""
    changes = sorted((normal(step) for step in record.steps if step.op not in QUIET), key=lambda c: c["urn"])
    outputs = [[diff.path, diff.before, diff.after] for diff in record.output_diffs]
    document = {"target": record.target, "changes": changes, "outputs": outputs}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def normal(step: Step) -> dict[str, Any]:
    created = step.op in (Op.CREATE, Op.REPLACE, Op.IMPORT)
    return {
        "op": step.op.value,
        "urn": step.urn,
        "inputs": step.inputs if created else None,
        "goes": [step.deletes_first, step.retained] if step.op in (Op.REPLACE, Op.DELETE) else None,
        "diffs": [[d.path, d.kind, d.replaces, d.before, d.after] for d in step.diffs],
    }
