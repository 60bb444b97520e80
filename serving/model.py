"""The digits model: loads the ONNX file once, answers requests with it, says which file it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy
import onnxruntime

from serving.contract import ModelIdentity, Prediction, PredictRequest, PredictResponse

FILE_NAME = "model.onnx"
PLACES = 6  # beyond this the CPU's instruction set decides a float32's digits


class ModelUnusable(RuntimeError):
    """The model file is missing or not the one that was reviewed."""


class DigitsModel:
    """Thread-safe after construction: onnxruntime sessions may be run from several threads."""

    def __init__(self, folder: Path, expected_sha256: str | None = None) -> None:
        """Load `folder/model.onnx`.

        Raises:
            ModelUnusable: there is no such file, its digest is not `expected_sha256` (when given), or it is no model.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            raise ModelUnusable(f"{file}: no such file; expected the trained model (make artefacts builds it)")
        content = file.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if expected_sha256 and sha256 != expected_sha256:
            raise ModelUnusable(f"{file}: expected sha256 {expected_sha256} (MODEL_SHA256), found {sha256}")
        options = onnxruntime.SessionOptions()
        # One thread per request: requests are the parallelism, and the order of summation stays fixed.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.identity = ModelIdentity(metadata["name"], metadata["version"], sha256)
        except Exception as error:  # onnxruntime's errors have no common class
            raise ModelUnusable(f"{file}: not an exported model with a name and a version: {error}") from error

    def predict(self, request: PredictRequest) -> PredictResponse:
        pixels = numpy.asarray(request.instances, dtype=numpy.float32)
        labels, probabilities = self._session.run(["label", "probabilities"], {"pixels": pixels})
        rows = numpy.asarray(probabilities, dtype=numpy.float64).round(PLACES).tolist()
        predictions = [Prediction(label, row) for label, row in zip(numpy.asarray(labels).tolist(), rows, strict=True)]
        return PredictResponse(predictions, self.identity)
