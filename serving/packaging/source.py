"""Where the model to package comes from: a file that is named, `model/model.onnx`, or the one that training makes."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving import environments
from serving.description import DESCRIBED

MODEL = environments.ROOT / "model" / "model.onnx"
TRAINING = environments.ROOT / "model" / "train.py"


class NoModel(RuntimeError):
    """There is no model to package, or it is not the one that model/model.toml describes."""


@contextmanager
def model(given: Path | None) -> Iterator[tuple[Path, dict[str, object]]]:
    """The ONNX file, and what is known of it; checked against model/model.toml. Raises `NoModel`, which says what is
    missing or differs."""
    known: dict[str, object] = {"name": DESCRIBED.name, "version": DESCRIBED.version}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if given or MODEL.exists():
            file = (given or MODEL).resolve()
            if not file.is_file():
                raise NoModel(f"{given}: no such file")
            (folder / "model.onnx").symlink_to(file)
        elif TRAINING.exists():
            known |= train(folder)
        else:
            raise NoModel("model/model.onnx: no such file; put the model there, or name it: make artefacts MODEL=…")
        check(folder)
        yield folder / "model.onnx", known


def train(folder: Path) -> dict[str, object]:
    """Trains the reference model into `folder`; what training says of it."""
    python = environments.ensure(environments.TRAIN)
    command = [str(python), "-m", "model.train", str(folder)]
    return json.loads(subprocess.run(command, check=True, cwd=environments.ROOT, stdout=subprocess.PIPE).stdout)


def check(folder: Path) -> None:
    """Loads the model as the app will, in the app's environment, and asks it the canary."""
    python = environments.ensure(environments.APP)
    command = [str(python), "-m", "serving.model", str(folder)]
    done = subprocess.run(command, cwd=environments.ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it could not be loaded"])[-1]
        raise NoModel(said.replace(f"{folder}/", ""))
