"""What would change: one preview per target. Records of rehearsals are cached by content.

A rehearsal is deterministic. If a target's code, config, contract, policies, tool and state are unchanged, its record
is read from the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gitops import catalogue, fingerprint
from gitops.checkout.targets import Target
from gitops.engine.pool import OnDone
from gitops.files import write_text
from gitops.records import Operation, RunRecord
from gitops.retire import refuse_what_is_read
from gitops.run import Run, complete, perform


def preview(run: Run, targets: Sequence[Target], *, cache: Path | None, on_done: OnDone) -> tuple[RunRecord, ...]:
    """The record of each target's preview, in the order of `targets`, findings complete and digest set.

    `cache` is a folder for records of rehearsals; None runs every target.
    """
    if run.policy_pack:
        catalogue.read_ahead(run.root)
    keys = fingerprint.of_previews(run, targets) if cache and run.sandbox else {}
    kept = {target: record for target, key in keys.items() if (record := read_record(cache, key))}
    for record in kept.values():
        on_done(record)
    fresh = perform(run, [t for t in targets if t not in kept], Operation.PREVIEW, on_done)
    for target, record in fresh.items():
        if cache and target in keys and record.error is None:
            write_text(cache / f"{keys[target]}.json", record.model_dump_json())
    records = {target: complete(run.root, target, kept.get(target) or fresh[target]) for target in targets}
    return tuple(refuse_what_is_read(records, run.retired).values())


def read_record(cache: Path | None, key: str) -> RunRecord | None:
    path = cache / f"{key}.json" if cache else None
    return RunRecord.model_validate_json(path.read_text(encoding="utf-8")) if path and path.exists() else None
