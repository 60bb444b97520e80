"""A copy of the checkout shares the environments, and what it installs there must outlive it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from serving import environments


def test_a_copy_installs_where_the_environments_really_are(tmp_path: Path) -> None:
    """Scripts begin with the path of their Python: of a copy that is gone, `gunicorn` could not be started."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/.venv-serving").symlink_to(tmp_path / "kept")
    file = tmp_path / "copy/environments.py"
    file.write_text((environments.ROOT / "serving/environments.py").read_text().replace(".parent.parent", ".parent"))

    command = [sys.executable, "-c", "import environments; print(environments.APP.folder)"]
    said = subprocess.run(command, cwd=tmp_path / "copy", capture_output=True, text=True, check=True).stdout

    assert Path(said.strip()) == tmp_path / "kept/app"
