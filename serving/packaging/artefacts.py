"""What each backend deploys, written file by file: it follows from the checkout, the model and the layer's packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO

from serving.packaging.archive import Member, open_member, sha256, size, write_tar_gz, write_zip
from serving.packaging.conda import environment_yaml

DESCRIPTION = "model/model.toml"
CONTRACT_CODE = (DESCRIPTION, *(f"serving/{name}.py" for name in ("__init__", "contract", "description", "logs")))
MODEL_CODE = (*CONTRACT_CODE, "serving/service.py", "serving/model.py", "serving/adapters/__init__.py")
# The stacks zip these two from the checkout themselves; a test holds the lists against each other.
LAMBDA_CODE = (*MODEL_CODE, "serving/events.py", "serving/adapters/aws_lambda.py")
ROUTER_MODULES = ("__init__", "config", "handler", "health", "routing", "runtime")
ROUTER_CODE = (*CONTRACT_CODE, "serving/events.py", *(f"serving/router/{module}.py" for module in ROUTER_MODULES))

Write = Callable[[IO[bytes]], object]


def writers(root: Path, azure_lock: str, model: Path, layer: Mapping[str, Member]) -> Iterator[tuple[str, Write]]:
    """File name and what writes its contents.

    `root` is the checkout, `azure_lock` the text of the lock file of Azure's environment, `model` the ONNX file,
    `layer` the path and contents of the Lambda layer's files.
    """
    azure_code = {**_code(root, MODEL_CODE), "score.py": root / "serving/adapters/azureml.py"}
    yield "model.onnx", partial(_copy, model)
    yield "sagemaker-model.tar.gz", lambda target: write_tar_gz(target, {"model.onnx": model})
    yield "lambda-function.zip", lambda target: write_zip(target, _code(root, LAMBDA_CODE))
    yield "lambda-layer.zip", lambda target: write_zip(target, layer)
    # a layer of its own: Lambda unpacks it to /opt/model, and a new model leaves code and packages alone
    yield "lambda-model.zip", lambda target: write_zip(target, {"model/model.onnx": model})
    yield "lambda-router.zip", lambda target: write_zip(target, _code(root, ROUTER_CODE))
    yield "azureml-code.zip", lambda target: write_zip(target, azure_code)
    yield "azureml-environment.yml", partial(_copy, environment_yaml(azure_lock).encode())


def write(path: Path, contents: Write) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
        try:
            contents(scratch)
        except BaseException:
            os.unlink(scratch.name)
            raise
    os.chmod(scratch.name, 0o644)
    os.replace(scratch.name, path)


def manifest(files: Mapping[str, Path], layer: Mapping[str, Member], model: Mapping[str, object]) -> dict[str, object]:
    """What serving/artefacts.json says: what is known of `model`, digests to deploy by, sizes in bytes."""
    found: dict[str, dict[str, object]] = {
        name: {"sha256": sha256(file), "bytes": file.stat().st_size} for name, file in sorted(files.items())
    }
    found["lambda-layer.zip"]["unpacked_bytes"] = sum(map(size, layer.values()))
    return {"model": dict(model), "files": found}


def _copy(member: Member, target: IO[bytes]) -> None:
    with open_member(member) as source:
        shutil.copyfileobj(source, target)


def _code(root: Path, names: tuple[str, ...]) -> dict[str, Member]:
    return {name: root / name for name in names}
