"""Running the engine on targets: what all jobs of one command share, and one operation on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from gitops import catalogue
from gitops.checkout.targets import Target
from gitops.digest import change_digest
from gitops.engine.clouds import Clouds, running
from gitops.engine.install import VERSION, Engine
from gitops.engine.job import Job
from gitops.engine.modules import services
from gitops.engine.pool import OnDone, Pool
from gitops.records import Operation, RunRecord
from gitops.releases import find_release_faults
from gitops.state_locks.release import open_locks, release_dead


@dataclass(frozen=True)
class Sandbox:
    """The folder in which a rehearsal plays: the engine's state and the clouds' own inventory, apart."""

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

    def prepare(self) -> Sandbox:
        self.state.mkdir(parents=True, exist_ok=True)
        self.clouds.mkdir(parents=True, exist_ok=True)
        return self


@dataclass(frozen=True)
class Run:
    """What all jobs of one command share. `sandbox` is None on the real clouds.

    `pack` is a policy pack other than the checkout's; `providers` names the rehearsal clouds while they are served,
    `judge` their judge and `endpoints` what answers for their endpoints; `fault` is what they do wrong. `bound` has
    every record carry the hash of the state that it starts from. `throwaway` says that a sandbox which was left
    half-way is made anew. `retired` are targets that are destroyed in place of being deployed, each with the tree that
    has its files.
    """

    root: Path
    engine: Engine
    pool: Pool
    sandbox: Sandbox | None
    judged: bool = True
    seconds: float = 300
    pack: Path | None = None
    refresh: bool = False
    bound: bool = False
    throwaway: bool = False
    providers: str = ""
    judge: str = ""
    endpoints: str = ""
    fault: str = ""
    retired: Mapping[Target, Path] = field(default_factory=dict)

    @property
    def policy_pack(self) -> str | None:
        pack = self.pack or self.root / "policies"
        return str(pack) if self.judged and (pack / "PulumiPolicy.yaml").exists() else None

    def on(self, clouds: Clouds) -> Run:
        """The run with rehearsal clouds that are up."""
        return replace(self, providers=clouds.debug_providers, judge=clouds.judge, endpoints=clouds.endpoints)

    def job(self, target: Target, operation: Operation, expected_state: str = "") -> Job:
        changes = operation in (Operation.PREVIEW, Operation.UPDATE)
        return Job(
            root=str(self.retired.get(target, self.root)),
            retired=target in self.retired,
            stack=target.stack,
            environment=target.environment,
            operation=operation,
            engine=str(self.engine.path),
            engine_version=VERSION,
            backend=self.sandbox.backend if self.sandbox else None,
            debug_providers=self.providers,
            judge=self.judge,
            endpoints=self.endpoints,
            policy_pack=self.policy_pack if changes and target not in self.retired else None,
            refresh=self.refresh and changes,
            bound=self.bound and changes,
            expected_state=expected_state,
            throwaway=self.throwaway,
            seconds=self.seconds,
        )


@contextmanager
def serve_clouds(run: Run) -> Iterator[Run]:
    """The run with its rehearsal clouds served for the block; the run itself on the real clouds or if they are."""
    if run.sandbox is None or run.providers:
        yield run
        return
    pool, directory = run.pool, run.sandbox.prepare().clouds
    with running(directory, ahead=services(pool.imports), fault=run.fault, start=pool.start_clouds) as clouds:
        yield run.on(clouds)


def perform(
    run: Run,
    targets: Sequence[Target],
    operation: Operation,
    on_done: OnDone,
    expected_states: Mapping[Target, str] | None = None,
) -> dict[Target, RunRecord]:
    """The record of one operation on each target. `on_done` is called with each record when it is there.

    A target that has an expected state is refused where it is in another one.
    """
    expected = expected_states or {}
    if not targets:
        return {}
    run.pool.warm_up({target.stack for target in targets})
    if run.sandbox:
        for target in targets:
            release_dead(open_locks(run.sandbox.backend, target))
    with serve_clouds(run) as served:
        jobs = [served.job(target, operation, expected.get(target, "")) for target in targets]
        records = served.pool.run(jobs, on_done)
    return dict(zip(targets, records, strict=True))


def complete(root: Path, target: Target, record: RunRecord) -> RunRecord:
    """The record with what the engine does not know: its digest, of each finding what the pack says of the rule, and
    what of a release was left behind."""
    config = target.config_file(root)
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    rules = catalogue.read(root) if record.findings else {}
    file = str(config.relative_to(root))
    enriched = catalogue.enrich(record, rules, text, file)
    faults = find_release_faults(record, catalogue.key_lines(text, target.stack), file)
    enriched = enriched.model_copy(update={"findings": (*enriched.findings, *faults)})
    return enriched.model_copy(update={"digest": change_digest(enriched)})
