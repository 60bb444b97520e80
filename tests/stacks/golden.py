"""`python -m tests.stacks.golden [stack/env …]` applies targets on the rehearsal clouds, writes their inventories."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from gitops.engine import install
from gitops.files import write_text
from gitops.records import Operation
from tests.stacks.inventory import inventory
from tests.stacks.rehearsal import TARGETS, rehearsal

GOLDEN = Path(__file__).parent / "golden"


def golden_path(target: str) -> Path:
    return GOLDEN / f"{target.replace('/', '.')}.yaml"


def as_yaml(found: dict[str, Any]) -> str:
    return yaml.safe_dump(found, sort_keys=True, allow_unicode=True, width=120)


def main(targets: list[str]) -> None:
    engine = install.ensure(print)
    GOLDEN.mkdir(exist_ok=True)
    for target in targets or TARGETS:
        with tempfile.TemporaryDirectory() as folder, rehearsal(engine, Path(folder), target) as life:
            write_text(golden_path(target), as_yaml(inventory(life.run(Operation.UPDATE))))
        print(f"wrote {golden_path(target).relative_to(GOLDEN.parents[2])}")


if __name__ == "__main__":
    main(sys.argv[1:])
