"""What the serving tests share: environments, built artefacts, the trained model's own answers, running adapters.

Each is made once per test run, also when pytest-xdist runs several processes (a lock file, then a finished folder).
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from serving import environments
from serving.description import DESCRIBED
from serving.emulators import lambda_runtime
from serving.emulators.process import free_port
from serving.packaging.source import MODEL, TRAINING
from tests.serving import dockerfile, running

REFERENCE_SCRIPT = """
import json, sys
from model.train import train, split
forest, _ = train()
images = split()[1][:100]
both = zip(forest.predict(images).tolist(), forest.predict_proba(images).tolist())
predictions = [{"label": label, "probabilities": probabilities} for label, probabilities in both]
json.dump({"instances": images.tolist(), "predictions": predictions}, sys.stdout)
"""


@dataclass(frozen=True)
class Reference:
    """Instances and what must be predicted for them.

    Of the reference model 100 images that training never saw, with what the trained scikit-learn model says of them; of
    a fork's own model the canary.
    """

    instances: list[Any]
    predictions: list[dict[str, Any]]

    def bodies(self) -> list[bytes]:
        """One request per instance."""
        return [json.dumps({"instances": [instance]}).encode() for instance in self.instances]

    def check(self, *predictions: dict[str, Any]) -> None:
        """That these are the predictions for the first instances, to the sixth place; the canary's as it is held."""
        for prediction, expected in zip(predictions, self.predictions, strict=False):
            if expected == DESCRIBED.canary.answer:
                assert DESCRIBED.misses_canary(prediction) == ""
                continue
            assert {name: prediction[name] for name in expected} == {
                name: value if isinstance(value, str) else pytest.approx(value, abs=1e-6)
                for name, value in expected.items()
            }


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "serving-shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _once(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock; true for the one process that must fill it."""
    with folder.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = folder / ".done"
        yield not done.exists()
        folder.mkdir(exist_ok=True)
        done.touch()


def skip_without_app() -> None:
    if DESCRIBED.container:
        pytest.skip("this fork's model has a container of its own: the app in serving/ does not serve it")


@dataclass(frozen=True)
class Artefacts:
    """The folder of freshly built files, and what `python -m serving.packaging --check` said and returned."""

    folder: Path
    exit_code: int
    said: str


@pytest.fixture(scope="session")
def artefacts(shared: Path) -> Artefacts:
    skip_without_app()
    folder = shared / "artefacts"
    with _once(folder) as first:
        if first:
            command = [sys.executable, "-m", "serving.packaging", "--check", "--folder", str(folder)]
            done = subprocess.run(command, cwd=environments.ROOT, capture_output=True, text=True)
            folder.mkdir(exist_ok=True)
            (folder / "outcome.json").write_text(json.dumps([done.returncode, done.stdout + done.stderr]))
    exit_code, said = json.loads((folder / "outcome.json").read_text())
    assert (folder / "model.onnx").exists(), said
    return Artefacts(folder, exit_code, said)


@pytest.fixture(scope="session")
def unpacked(artefacts: Artefacts, shared: Path) -> Callable[[str], Path]:
    """Unpack one of the built zip files, once."""

    def unpack(name: str) -> Path:
        folder = shared / f"unpacked-{name}"
        with _once(folder) as first:
            if first:
                zipfile.ZipFile(artefacts.folder / name).extractall(folder)
        return folder

    return unpack


@pytest.fixture(scope="session")
def reference(shared: Path) -> Reference:
    skip_without_app()
    folder = shared / "reference"
    if MODEL.exists() or not TRAINING.exists():
        return Reference([DESCRIBED.canary.instance], [DESCRIBED.canary.answer])
    with _once(folder) as first:
        if first:
            python = environments.ensure(environments.TRAIN)
            command = [str(python), "-c", REFERENCE_SCRIPT]
            folder.mkdir()
            said = subprocess.run(command, cwd=environments.ROOT, capture_output=True, check=True).stdout
            (folder / "reference.json").write_bytes(said)
    return Reference(**json.loads((folder / "reference.json").read_text()))


@pytest.fixture(scope="session")
def app_python() -> Path:
    return environments.ensure(environments.APP)


@pytest.fixture(scope="session")
def app(app_python: Path, artefacts: Artefacts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Server]:
    """The app as SageMaker and ECS run it, with the defaults."""
    log = tmp_path_factory.mktemp("app") / "log"
    with running.app(app_python, artefacts.folder, log) as server:
        yield server


@pytest.fixture(scope="session")
def lambda_python() -> Path:
    return environments.ensure(environments.LAMBDA)


@pytest.fixture(scope="session")
def lambda_function(
    lambda_python: Path, unpacked: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[lambda_runtime.Function]:
    """The built zip under Lambda's own bootstrap."""
    code, model = unpacked("lambda-function.zip"), unpacked("lambda-model.zip") / "model"
    handler, environment = "serving.adapters.aws_lambda.handler", {"MODEL_DIR": str(model)}
    log = tmp_path_factory.mktemp("lambda") / "log"
    with lambda_runtime.function(lambda_python, code, handler, environment, log) as function:
        yield function


@pytest.fixture(scope="session")
def azureml(
    artefacts: Artefacts, unpacked: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[running.Server]:
    """The built code archive under the command of Azure ML's image, laid out as a managed deployment lays it out."""
    python = environments.ensure(environments.AZUREML)
    port = free_port()
    code = unpacked("azureml-code.zip")
    command = dockerfile.command(dockerfile.read(environments.ROOT / "serving/Dockerfile.azureml")[-1], "CMD")
    log = tmp_path_factory.mktemp("azureml") / "log"
    environment = {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "AZUREML_MODEL_DIR": str(artefacts.folder),
        "AML_APP_ROOT": str(code),
        "AZUREML_ENTRY_SCRIPT": "score.py",
        "SERVER_PORT": str(port),
        "WORKER_COUNT": "2",
    }
    with running.server(command, environment, port, log, "/", cwd=log.parent) as server:
        yield server
