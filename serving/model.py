"""The model: loads the ONNX file once, refuses one that is not as described, answers requests, says which it is."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy
import onnxruntime

from serving.contract import CONTENT_TYPE, ModelIdentity, PredictRequest, PredictResponse, parse_request
from serving.description import DESCRIBED, Description, Output

FILE_NAME = "model.onnx"
PLACES = 6  # beyond this the CPU's instruction set decides a float32's digits
TYPES = {"float": "float32", "double": "float64", "float16": "float16", "bool": "bool"}
"""ONNX's names of number types where numpy has another."""


class ModelUnusable(RuntimeError):
    """The model file is missing, not the one that was reviewed, or not as model/model.toml describes it."""


class OnnxModel:
    """Thread-safe after construction: onnxruntime sessions may be run from several threads."""

    def __init__(self, folder: Path, expected_sha256: str | None = None, described: Description = DESCRIBED) -> None:
        """Load `folder/model.onnx` and ask it the canary.

        Raises:
            ModelUnusable: there is no such file, its digest is not `expected_sha256` (when given), it is no model, its
                inputs or outputs are not those described, or its answer to the canary is not.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            raise ModelUnusable(f"{file}: no such file; expected the model (make artefacts puts it there)")
        content = file.read_bytes()  # what is loaded is what was hashed; no ONNX file is over 2 GB
        sha256 = hashlib.sha256(content).hexdigest()
        if expected_sha256 and sha256 != expected_sha256:
            raise ModelUnusable(f"{file}: expected sha256 {expected_sha256} (MODEL_SHA256), found {sha256}")
        options = onnxruntime.SessionOptions()
        # One thread per request: requests are the parallelism, and the order of summation stays fixed.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common class
            raise ModelUnusable(f"{file}: not an ONNX model: {error}") from error
        self._described = described
        self.identity = ModelIdentity(described.name, described.version, sha256)
        self._inputs = {each.name: each for each in self._session.get_inputs()}
        self._check(file)

    def predict(self, request: PredictRequest) -> PredictResponse:
        names = [output.name for output in self._described.outputs]
        results = self._session.run(names, self._tensors(request.instances))
        columns = [_values(result, output) for result, output in zip(results, self._described.outputs, strict=True)]
        predictions = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        return PredictResponse(predictions, self.identity)

    def _tensors(self, instances: list[Any]) -> dict[str, numpy.ndarray]:
        single = len(self._described.inputs) == 1
        tensors = {}
        for each in self._described.inputs:
            wanted = self._inputs[each.name]
            kind = wanted.type.removeprefix("tensor(").removesuffix(")")
            values = instances if single else [instance[each.name] for instance in instances]
            # a number a row is [n] to one exporter and [n, 1] to another
            padding = [1] * (len(wanted.shape) - 1 - len(each.shape))
            tensor = numpy.asarray(values, dtype=TYPES.get(kind, kind))
            tensors[each.name] = tensor.reshape(len(instances), *each.shape, *padding)
        return tensors

    def _check(self, file: Path) -> None:
        described = self._described
        for each in described.inputs:
            found = self._inputs.get(each.name)
            sizes = [size for size in found.shape[1:] if size != 1] if found else []
            fits = len(sizes) <= len(each.shape) and all(
                not isinstance(size, int) or size == wanted
                for size, wanted in zip(sizes, [size for size in each.shape if size != 1], strict=False)
            )
            if not found or not fits:
                said = ", ".join(f"{name} {one.shape}" for name, one in self._inputs.items())
                raise ModelUnusable(f"{file}: model/model.toml has the input {each.name} {each.shape}, the file {said}")
            batch = found.shape[0] if found.shape else 0  # a name, or None, where any number may come
            if isinstance(batch, int) and not batch == described.most_instances == 1:
                raise ModelUnusable(
                    f"{file}: the input {each.name} takes {batch} instances at once; expected a first dimension of any "
                    "size (dynamic, to an exporter), or of 1 with most_instances = 1 in model/model.toml"
                )
        outputs = [output.name for output in self._session.get_outputs()]
        if missing := [each.name for each in described.outputs if each.name not in outputs]:
            raise ModelUnusable(f"{file}: model/model.toml has the output {missing[0]}, the file {', '.join(outputs)}")
        version = self._session.get_modelmeta().custom_metadata_map.get("version", described.version)
        if version != described.version:
            raise ModelUnusable(f"{file}: model/model.toml has version {described.version}, the file {version}")
        try:
            answer = self.predict(parse_request(CONTENT_TYPE, described.canary_request, described))
        except Exception as error:  # numpy's and onnxruntime's have no common class
            said = ", ".join(f"{one.name} {one.shape}" for one in self._session.get_outputs())
            raise ModelUnusable(
                f"{file}: the canary of model/model.toml cannot be answered with the outputs described there, the file "
                f"has {said}: {error}"
            ) from error
        if difference := described.misses_canary(answer.predictions[0]):
            raise ModelUnusable(f"{file}: the answer to the canary of model/model.toml: {difference}")


def _values(result: Any, output: Output) -> list[Any]:
    """An output's value for each instance, as JSON has it."""
    if isinstance(result, list):  # skl2onnx's ZipMap: a dictionary of classes for each instance
        return [[round(float(value), PLACES) for value in row.values()] for row in result]
    values = numpy.asarray(result)
    values = values.reshape(len(values), *output.shape)
    if values.dtype.kind == "f":
        return values.astype(numpy.float64).round(PLACES).tolist()
    if output.labels and not output.shape:
        return [output.labels[value] for value in values.tolist()]
    return values.tolist()


def main() -> None:
    """`python -m serving.model FOLDER`: whether the model there is the one that model/model.toml describes."""
    try:
        print(OnnxModel(Path(sys.argv[1])).identity.sha256)
    except ModelUnusable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
