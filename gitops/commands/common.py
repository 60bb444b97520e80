"""What commands share: where the checkout is, how progress is shown, how a run is put together."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from gitops.azure_login import renew_login
from gitops.backend import require_state_backend
from gitops.checkout import environments
from gitops.checkout.targets import Target, discover, select
from gitops.engine import install
from gitops.engine.pool import OnDone, Pool
from gitops.errors import UserError, nearest, require_known
from gitops.faults import read_faults
from gitops.records import RunRecord, Status
from gitops.report.formats import edit, terminal
from gitops.report.model.report import Report
from gitops.report.text.words import listing
from gitops.run import Run, Sandbox

CORES = os.cpu_count() or 2
FINE, FINDINGS, COULD_NOT_RUN = 0, 1, 2

errors = Console(stderr=True, highlight=False, soft_wrap=True)
output = Console(highlight=False, soft_wrap=True)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="TARGET", help="stack, stack/environment or environment; none means all"),
]
Rehearse = Annotated[bool, typer.Option("--rehearse", help="use the rehearsal clouds: no account, no credentials")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, help="targets run side by side")]
Refresh = Annotated[bool, typer.Option("--refresh", help="compare with the clouds and revert drift")]
Seconds = Annotated[float, typer.Option("--time-limit", min=1, help="seconds after which a target is interrupted")]
Environment = Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="one of environments.yaml")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="STACK", help="only these stacks")]
E = TypeVar("E", bound=StrEnum)
FAULTS = read_faults()


def require_fault(name: str) -> str:
    return require_known("fault", name, FAULTS) if name else ""


Fault = Annotated[
    str,
    typer.Option(
        "--fault",
        metavar="NAME",
        callback=require_fault,
        help="a fault of the rehearsal clouds. " + " · ".join(f"{name}: {does}" for name, does in FAULTS.items()),
    ),
]


def one_of(kind: type[E], word: str) -> Callable[[str], E]:
    """What reads an option's value, one of the enumeration's; `word` is what such a value is called."""
    return lambda name: kind(require_known(word, name, kind, kind))


AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON on standard output")]


def checkout() -> Path:
    """The root of the checkout the command stands in: the nearest folder upwards that has `stacks/`."""
    here = Path.cwd()
    if checkout := environments.find_checkout(here):
        return checkout
    raise UserError(f"no stacks/ in {here} or above it", hint="Run the command inside the checkout.")


def targets_of(environment: str, names: Iterable[str] | None, taken_out: Iterable[Target] = ()) -> tuple[Target, ...]:
    """The checkout's targets of one environment, limited to the named stacks; empty if no stack has the environment
    yet.

    Raises `UserError` if a named stack does not have the environment. `taken_out` are removed targets, which are
    included.
    """
    require_environment(environment)
    chosen = choose_targets(names or [environment], taken_out)
    if names and not any(target.environment == environment for target in chosen):
        raise UserError(f"no stack has the environment '{environment}'", hint="Add Pulumi.<environment>.yaml to one.")
    return tuple(target for target in chosen if target.environment == environment)


def choose_target(stack: str, environment: str) -> Target:
    """The one target with this name. Raises `UserError` if there is none, or if stack or environment is missing."""
    chosen = choose_targets([f"{stack}/{environment}"])
    if chosen != (Target(stack, environment),):
        hint = "Name one folder of stacks/, and one of its environments."
        raise UserError(f"'{stack}' and '{environment}' do not name one target", where="STACK ENVIRONMENT", hint=hint)
    return chosen[0]


def require_environment(name: str) -> str:
    known = environments.names(checkout())
    return require_known("environment", name, known, known)


def choose_targets(names: Iterable[str] | None, taken_out: Iterable[Target] = ()) -> tuple[Target, ...]:
    """The targets of the checkout, and those `taken_out` of it, that `names` select; all if there are no names.

    Prints which config files make no target and which environments have none, because a new environment is no
    mistake."""
    root, asked = checkout(), tuple(names or ())
    name_strays(root)
    known = (*discover(root), *taken_out)
    empty = set(environments.names(root)) - {target.environment for target in known}
    for name in (nothing := [name for name in asked if name in empty]):
        errors.print(f"[yellow]no targets:[/] no stack has a Pulumi.{name}.yaml")
    rest = [name for name in asked if name not in nothing]
    return select(known, rest) if rest or not asked else ()


def name_strays(root: Path) -> None:
    """One line for each environment that is not listed, however many stacks have a config of it."""
    known, files = environments.names(root), dict[str, list[str]]()
    for stray in environments.strays(root):
        files.setdefault(stray.environment, []).append(stray.file)
    for name, named in files.items():
        errors.print(
            f"[yellow]skipped:[/] {listing(named, limit=3)}: {environments.FILE} lists no environment '{name}'. "
            f"{nearest(name, known, known)} Rename the file, or add a row."
        )


def report_folder(given: Path | None, name: str) -> Path:
    """The report's folder. Raises `UserError` if it cannot be written, before minutes are spent on previews."""
    return require_folder(choose_folder(given, name), "--out")


def choose_folder(given: Path | None, name: str) -> Path:
    """The folder asked for, else `name` in the checkout, wherever the command stands."""
    return given or checkout() / name


def require_folder(folder: Path, option: str) -> Path:
    """The folder, which is or can be made. Raises `UserError` for a file, and for one in a folder of others."""
    nearest = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise UserError(f"{nearest} is a file, expected a folder", where=option, hint="Name another one.")
    if not os.access(nearest, os.W_OK):
        hint = "Make it writable, or name other folders where the command takes them (`--out`, `--sandbox`)."
        raise UserError(f"this user may not write to {nearest}", where=option, hint=hint)
    return folder


def require_report(folder: Path, writer: str) -> Path:
    """The folder of an existing report. Raises `UserError` if there is none: else a command would report that nothing
    changes."""
    if not folder.is_dir():
        raise UserError("no such folder", where=str(folder), hint=f"Give the one that `{writer}` wrote.")
    return folder


def say_where(out: Path) -> None:
    page, here = (out / "index.html").resolve(), Path.cwd()
    shown = page.relative_to(here) if page.is_relative_to(here) else page
    output.print(f"Full report: {shown}", style="dim", markup=False)


def show(report: Report) -> None:
    """The report on standard output, as wide as the terminal."""
    typer.echo(terminal.render(report, width=output.width, color=output.is_terminal), nl=False)


def show_edit(previews: Iterable[tuple[RunRecord, RunRecord]]) -> None:
    typer.echo(edit.render(previews, width=output.width, color=output.is_terminal), nl=False)


def say(message: str) -> None:
    errors.print(f"[dim]{message}[/]")


@contextmanager
def open_run(
    *, rehearse: bool, jobs: int, seconds: float, sandbox: Sandbox | None = None, refresh: bool = False
) -> Iterator[Run]:
    """A run in this checkout with the engine at hand; its workers end with the block.

    Raises `UserError` if the engine cannot be installed, or if the real clouds have no state backend.
    """
    root = checkout()
    if not rehearse:
        require_state_backend(os.environ)
    engine = install.ensure(say)
    sandbox = sandbox or Sandbox(root / ".rehearsal")
    pool = Pool(jobs, sandbox.folder / "learned")
    run = Run(
        root=root, engine=engine, pool=pool, sandbox=sandbox if rehearse else None, seconds=seconds, refresh=refresh
    )
    try:
        with nullcontext() if rehearse else renew_login(os.environ, say):
            yield run
    finally:
        pool.stop()


def follow(verb: str, total: int | None = None) -> OnDone:
    """Prints a line on standard error for each record that is done: `[3/15] previewed ecs_service/dev ✓`.

    `total` is None if the number of records is not known in advance.
    """
    lock, numbers = threading.Lock(), count(1)

    def tell(record: RunRecord) -> None:
        mark = "[green]✓[/]" if record.status is Status.SUCCEEDED else "[red]✗[/]"
        with lock:  # workers end at the same time, lines come in the order of their numbers
            number = f"{next(numbers)}/{total}" if total else f"{next(numbers)}"
            errors.print(f"  \\[{number}] {verb} {record.target} {mark}")

    return tell
