"""Train the digits model and export it to ONNX, the same bytes every time.

    .venv-serving/train/bin/python -m model.train FOLDER

A random forest on scikit-learn's digits (1,797 scans of handwritten digits, 8 x 8 grey values from 0 to 16). Trees
are grown from integer comparisons and a seeded generator, with no linear algebra, so the processor's instruction set
does not change the bytes as it would for a network's weights.
"""

from __future__ import annotations

import argparse
import json
import os
import tomllib
from pathlib import Path

import numpy
import onnx
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

DESCRIBED = tomllib.loads(Path(__file__).with_name("model.toml").read_text(encoding="utf-8"))
NAME, VERSION = DESCRIBED["name"], DESCRIBED["version"]
SEED = 0
OPSET = {"": 21, "ai.onnx.ml": 3}


def split() -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Training images, held-out images, training labels, held-out labels (a fifth is held out)."""
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images, labels, test_size=0.2, random_state=SEED, stratify=labels)
    training_images, held_out_images, training_labels, held_out_labels = map(numpy.asarray, parts)
    return training_images, held_out_images, training_labels, held_out_labels


def train() -> tuple[RandomForestClassifier, float]:
    """The fitted forest and its accuracy on the held-out fifth (0 to 1)."""
    images, held_out_images, labels, held_out_labels = split()
    forest = RandomForestClassifier(n_estimators=64, max_depth=10, random_state=SEED).fit(images, labels)
    return forest, float(forest.score(held_out_images, held_out_labels))


def export(forest: RandomForestClassifier, accuracy: float) -> bytes:
    """The forest as an ONNX file: input `pixels` [n, 64], outputs `label` [n] and `probabilities` [n, 10]."""
    converted = to_onnx(
        forest,
        initial_types=[("pixels", FloatTensorType([None, 64]))],  # pyright: ignore[reportArgumentType]
        options={id(forest): {"zipmap": False, "output_class_labels": False}},
        target_opset=OPSET,
    )
    assert isinstance(converted, onnx.ModelProto)
    _rename_outputs(converted, {"output_label": "label", "output_probability": "probabilities"})
    converted.graph.name = NAME  # the converter writes a random one
    onnx.helper.set_model_props(converted, {"name": NAME, "version": VERSION, "accuracy": f"{accuracy:.4f}"})
    onnx.checker.check_model(converted)
    return converted.SerializeToString(deterministic=True)


def _rename_outputs(model: onnx.ModelProto, names: dict[str, str]) -> None:
    for output in model.graph.output:
        output.name = names.get(output.name, output.name)
    for node in model.graph.node:
        node.output[:] = [names.get(name, name) for name in node.output]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m model.train", description="Train the digits model and export it to ONNX."
    )
    parser.add_argument("folder", type=Path, help="where to write model.onnx")
    folder = parser.parse_args().folder
    forest, accuracy = train()
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / "model.onnx.new"
    scratch.write_bytes(export(forest, accuracy))
    os.replace(scratch, folder / "model.onnx")
    print(json.dumps({"name": NAME, "version": VERSION, "held_out_accuracy": round(accuracy, 4)}))


if __name__ == "__main__":
    main()
