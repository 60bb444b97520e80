"""`python -m tests.faults [ID…] [--room ROOM] [--jobs N]`: are the faults still found?

Exit code 0 if all are, 1 if one survived or does not apply, 2 if the tests fail without any fault.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gitops.files import write_text
from tests.faults import ROOT, Fault, rooms
from tests.faults.run import Outcome, run_without_fault, try_fault


def main() -> int:
    options = read_options()
    chosen = choose(options.ids, options.room)
    if not options.trust and (said := run_without_fault(fault for _, fault in chosen)):
        print(f"these tests fail without any fault, mend them first:\n{said}", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = dict(zip((fault.id for _, fault in chosen), pool.map(report, chosen), strict=True))
    write_text(options.out, table(chosen, outcomes))
    missed = [id_ for id_, outcome in outcomes.items() if outcome is not Outcome.FOUND]
    print(f"{len(outcomes) - len(missed)} of {len(outcomes)} faults found, the table is in {options.out}")
    return 1 if missed else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these faults")
    parser.add_argument("--room", choices=sorted(rooms()), help="only the faults of one room")
    parser.add_argument("--jobs", type=int, default=1, help="faults at a time")
    parser.add_argument("--trust", action="store_true", help="do not first run the tests without any fault")
    parser.add_argument("--out", type=Path, default=ROOT / "report" / "faults.txt", help="where the table goes")
    return parser.parse_args()


def choose(ids: list[str], room: str | None) -> list[tuple[str, Fault]]:
    every = [(name, fault) for name, faults in rooms().items() for fault in faults if room in (None, name)]
    if unknown := set(ids) - {fault.id for _, fault in every}:
        sys.exit(f"no fault is called {', '.join(sorted(unknown))}")
    return [(name, fault) for name, fault in every if not ids or fault.id in ids]


def report(chosen: tuple[str, Fault]) -> Outcome:
    _, fault = chosen
    begun = time.monotonic()
    outcome = try_fault(fault)
    print(f"{outcome:16} {time.monotonic() - begun:5.1f} s  {fault.id}: {fault.breaks}", flush=True)
    return outcome


def table(chosen: list[tuple[str, Fault]], outcomes: dict[str, Outcome]) -> str:
    """One line a fault: room, id, what the tests said."""
    lines = [f"{'room':12}{'fault':42}outcome"]
    lines += [f"{room:12}{fault.id:42}{outcomes[fault.id]}" for room, fault in chosen]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
