"""`python -m tests.rehearsal.awsx.run_program FOLDER DEBUG_PROVIDERS OPERATION`, on FOLDER/program.py."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.rehearsal.awsx.harness import Bench

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    getattr(Bench(folder, sys.argv[2]), sys.argv[3])((folder / "program.py").read_text(encoding="utf-8"))
