"""What each backend deploys, as file contents: a pure function of the checkout, the model and the layer's packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from serving.packaging.archive import make_tar_gz, make_zip, sha256
from serving.packaging.conda import environment_yaml

CONTRACT_CODE = ("__init__.py", "contract.py", "logs.py")
MODEL_CODE = (*CONTRACT_CODE, "service.py", "model.py", "adapters/__init__.py")
# The stacks zip these two from the checkout themselves; a test holds the lists against each other.
LAMBDA_CODE = (*MODEL_CODE, "events.py", "adapters/aws_lambda.py")
ROUTER_MODULES = ("__init__", "config", "handler", "health", "routing", "runtime")
ROUTER_CODE = (*CONTRACT_CODE, "events.py", *(f"router/{module}.py" for module in ROUTER_MODULES))


def build(serving: Path, azure_lock: str, model: bytes, layer: Mapping[str, bytes]) -> dict[str, bytes]:
    """File name to contents.

    `serving` is this package's folder, `azure_lock` the text of the lock file of Azure's environment, `model` the ONNX
    file, `layer` the path and contents of the Lambda layer's files.
    """
    azure_code = {**_code(serving, MODEL_CODE), "score.py": (serving / "adapters/azureml.py").read_bytes()}
    return {
        "model.onnx": model,
        "sagemaker-model.tar.gz": make_tar_gz({"model.onnx": model}),
        "lambda-function.zip": make_zip(_code(serving, LAMBDA_CODE)),
        "lambda-layer.zip": make_zip(layer),
        # a layer of its own: Lambda unpacks it to /opt/model, and a new model leaves code and packages alone
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
