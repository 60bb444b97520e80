"""What would change: one preview per target on the real engine, the policy pack beside it, each result kept by content.

A rehearsal is deterministic, so a target whose code, config, contract, judge, tool and state are unchanged is not run
again; its record is read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gitops import catalogue, fingerprint
from gitops.digest import change_digest
from gitops.engine.clouds import running
from gitops.engine.install import VERSION, Engine
from gitops.engine.job import Job
from gitops.engine.pool import OnDone, Pool
from gitops.files import write_text
from gitops.records import Operation, RunRecord
from gitops.targets import Target


@dataclass(frozen=True)
class Place:
    """Where a rehearsal's state and clouds lie: the engine's state and the clouds' own inventory, apart."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def clouds(self) -> Path:
        return self.folder / "clouds"

    @property
    def backend(self) -> str:
        return f"file://{self.state}"

    def prepare(self) -> Place:
        self.state.mkdir(parents=True, exist_ok=True)
        self.clouds.mkdir(parents=True, exist_ok=True)
        return self


@dataclass(frozen=True)
class Run:
    """What all jobs of one command share. `place` is None on the real clouds, `pack` unless another one judges."""

    root: Path
    engine: Engine
    pool: Pool
    place: Place | None
    judged: bool = True
    seconds: float = 300
    pack: Path | None = None
    refresh: bool = False

    @property
    def policy_pack(self) -> str | None:
        pack = self.pack or self.root / "policies"
        return str(pack) if self.judged and (pack / "PulumiPolicy.yaml").exists() else None

    def job(self, target: Target, operation: Operation, *, providers: str = "") -> Job:
        return Job(
            root=str(self.root),
            stack=target.stack,
            environment=target.environment,
            operation=operation,
            engine=str(self.engine.path),
            engine_version=VERSION,
            backend=self.place.backend if self.place else None,
            debug_providers=providers,
            policy_pack=self.policy_pack if operation in (Operation.PREVIEW, Operation.UPDATE) else None,
            refresh=self.refresh and operation in (Operation.PREVIEW, Operation.UPDATE),
            seconds=self.seconds,
        )


def preview(run: Run, targets: Sequence[Target], *, cache: Path | None, on_done: OnDone) -> tuple[RunRecord, ...]:
    """The record of each target's preview, in the order of `targets`, findings complete and digest set.

    `cache` is a folder for records of rehearsals; None runs every target.
    """
    keys = cache_keys(run, targets) if cache and run.place else {}
    kept = {target: record for target, key in keys.items() if (record := recall(cache, key))}
    for record in kept.values():
        on_done(record)
    fresh = perform(run, [t for t in targets if t not in kept], Operation.PREVIEW, on_done)
    for target, record in fresh.items():
        if cache and target in keys and record.error is None:
            write_text(cache / f"{keys[target]}.json", record.model_dump_json())
    return tuple(complete(run.root, target, kept.get(target) or fresh[target]) for target in targets)


def perform(run: Run, targets: Sequence[Target], operation: Operation, on_done: OnDone) -> dict[Target, RunRecord]:
    """Runs one operation on each target; the rehearsal clouds are up for just as long."""
    if not targets:
        return {}
    with providers_of(run) as providers:
        records = run.pool.run([run.job(target, operation, providers=providers) for target in targets], on_done)
    return dict(zip(targets, records, strict=True))


@contextmanager
def providers_of(run: Run) -> Iterator[str]:
    """The rehearsal clouds, up for the block, as the engine is told of them; empty on the real clouds."""
    if run.place is None:
        yield ""
        return
    with running(run.place.prepare().clouds) as clouds:
        yield clouds.debug_providers


def complete(root: Path, target: Target, record: RunRecord) -> RunRecord:
    config = target.config_file(root)
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    rules = catalogue.read(root) if record.findings else {}
    enriched = catalogue.enrich(record, rules, text, str(config.relative_to(root)))
    return enriched.model_copy(update={"digest": change_digest(enriched)})


def cache_keys(run: Run, targets: Sequence[Target]) -> dict[Target, str]:
    assert run.place
    common = fingerprint.of_files(run.root, [*fingerprint.ROOMS, "policies" if run.judged else "shared"])
    tool = fingerprint.of_tool() + VERSION
    clouds = fingerprint.of_folder(run.place.clouds)
    return {
        target: fingerprint.of_text(
            str(target),
            str(run.refresh),
            common,
            tool,
            clouds,
            fingerprint.of_files(run.root, [f"stacks/{target.stack}"]),
            fingerprint.of_state(run.place.state, target.stack, target.environment),
        )
        for target in targets
    }


def recall(cache: Path | None, key: str) -> RunRecord | None:
    path = cache / f"{key}.json" if cache else None
    return RunRecord.model_validate_json(path.read_text(encoding="utf-8")) if path and path.exists() else None
