"""Start the app on this machine, installing and building first whatever is missing: `python -m serving.local`."""

from __future__ import annotations

import os
import subprocess
import sys

from serving import environments
from serving.packaging.__main__ import FOLDER


def main() -> None:
    python = environments.ensure(environments.APP)
    if not (FOLDER / "model.onnx").exists():
        subprocess.run([sys.executable, "-m", "serving.packaging"], check=True, cwd=environments.ROOT)
    settings = {"MODEL_DIR": str(FOLDER), "WORKERS": "1", "DRAIN_ANNOUNCE_SECONDS": "0", **os.environ}
    os.chdir(environments.ROOT)
    os.execve(python, [str(python), "-m", "serving"], settings)  # noqa: S606 (becomes the server, no shell involved)


if __name__ == "__main__":
    main()
