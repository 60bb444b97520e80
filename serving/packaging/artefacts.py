"""What each backend deploys, as file contents: a pure function of the checkout, the model and the layer's packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from serving.packaging.archive import make_tar_gz, make_zip, sha256
from serving.packaging.conda import environment_yaml

# The part of this package that every adapter needs.
CORE = ("__init__.py", "contract.py", "service.py", "logs.py")
MODEL_CODE = (*CORE, "model.py", "adapters/__init__.py")
LAMBDA_CODE = (*MODEL_CODE, "events.py", "adapters/aws_lambda.py")
ROUTER_CODE = (
    *CORE,
    "events.py",
    *(f"router/{m}.py" for m in ("__init__", "config", "handler", "health", "routing", "runtime")),
)


def build(serving: Path, azure_lock: str, model: bytes, layer: Mapping[str, bytes]) -> dict[str, bytes]:
    """File name to contents.

    `serving` is this package's folder, `azure_lock` the text of the lock file of Azure's environment, `model` the ONNX
    file, `layer` the path and contents of the Lambda layer's files.
    """
    azure_code = {**_code(serving, MODEL_CODE), "score.py": (serving / "adapters/azureml.py").read_bytes()}
    return {
        "model.onnx": model,
        "sagemaker-model.tar.gz": make_tar_gz({"model.onnx": model}),
        "lambda-function.zip": make_zip({**_code(serving, LAMBDA_CODE), "model/model.onnx": model}),
        "lambda-layer.zip": make_zip(layer),
        # the model alone, as a layer: mounted at /opt/model beside code that is zipped from the checkout
        "lambda-model.zip": make_zip({"model/model.onnx": model}),
        "lambda-router.zip": make_zip(_code(serving, ROUTER_CODE)),
        "azureml-code.zip": make_zip(azure_code),
        "azureml-environment.yml": environment_yaml(azure_lock).encode(),
    }


def manifest(
    artefacts: Mapping[str, bytes], layer: Mapping[str, bytes], model: Mapping[str, object]
) -> dict[str, object]:
    """What serving/artefacts.json says: what training reported of `model`, digests to deploy by, sizes in bytes."""
    files: dict[str, dict[str, object]] = {
        name: {"sha256": sha256(content), "bytes": len(content)} for name, content in sorted(artefacts.items())
    }
    files["lambda-layer.zip"]["unpacked_bytes"] = sum(map(len, layer.values()))
    return {"model": dict(model), "files": files}


def _code(serving: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    return {f"serving/{name}": (serving / name).read_bytes() for name in names}
