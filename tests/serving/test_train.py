"""Training and export: the same bytes each time, a model worth serving, and an export that changes no answer."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from serving import environments
from serving.packaging.source import MODEL, TRAINING
from tests.serving.conftest import Artefacts

pytestmark = pytest.mark.skipif(MODEL.exists() or not TRAINING.exists(), reason="this fork has a model of its own")
COMPARE_SCRIPT = """
import sys, numpy, onnxruntime
from sklearn.datasets import load_digits
from model.train import train
images = load_digits().data
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
labels, probabilities = session.run(["label", "probabilities"], {"pixels": images.astype(numpy.float32)})
forest, _ = train()
assert (labels == forest.predict(images)).all()
print(len(labels), abs(probabilities - forest.predict_proba(images)).max())
"""


def _train(folder: Path) -> dict[str, object]:
    python = environments.ensure(environments.TRAIN)
    command = [str(python), "-m", "model.train", str(folder)]
    return json.loads(subprocess.run(command, cwd=environments.ROOT, check=True, capture_output=True).stdout)


def test_the_same_bytes_as_were_recorded(tmp_path: Path) -> None:
    recorded = json.loads((environments.ROOT / "serving/artefacts.json").read_text())
    said = _train(tmp_path)
    digest = hashlib.sha256((tmp_path / "model.onnx").read_bytes()).hexdigest()
    assert digest == recorded["files"]["model.onnx"]["sha256"]
    assert said == recorded["model"]


def test_the_model_reads_digits_it_has_not_seen() -> None:
    recorded = json.loads((environments.ROOT / "serving/artefacts.json").read_text())
    assert recorded["model"]["held_out_accuracy"] > 0.95


def test_the_export_answers_as_the_trained_model_on_the_whole_data_set(artefacts: Artefacts) -> None:
    python = environments.ensure(environments.TRAIN)
    command = [str(python), "-c", COMPARE_SCRIPT, str(artefacts.folder / "model.onnx")]
    said = subprocess.run(command, cwd=environments.ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert int(said[0]) == 1797
    assert float(said[1]) < 1e-6
