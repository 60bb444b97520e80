"""A model file that is not as model/model.toml describes it is refused before it serves, and both are named."""

from __future__ import annotations

import json
import subprocess

import pytest

from serving import environments

DESCRIBED = """
name = "prices"
version = "1"
[[inputs]]
name = "features"
shape = [3]
[[outputs]]
name = "price"
[[outputs]]
name = "range"
shape = [2]
[canary]
instance = [1, 2, 3]
answer = {price = 6.0, range = [5.0, 7.0]}
"""
TO_BE_LOADED = {
    "right": (None, {}),
    "one at a time": (1, {'version = "1"': 'version = "1"\nmost_instances = 1'}),
    "batch of one": (1, {}),
    "batch of four": (4, {'version = "1"': 'version = "1"\nmost_instances = 4'}),
    "other input": (None, {'"features"': '"pixels"'}),
    "other size": (None, {"shape = [3]": "shape = [4]", "[1, 2, 3]": "[1, 2, 3, 4]"}),
    "other output": (None, {'"price"': '"cost"', "price =": "cost ="}),
    "output of another shape": (None, {"shape = [2]": "shape = [3]"}),
    "labels for a number": (None, {'name = "price"': 'name = "price"\nlabels = ["cheap"]', "6.0": '"cheap"'}),
    "other answer": (None, {"7.0": "7.5"}),
    "other version": (None, {'version = "1"': 'version = "2"'}),
}
SCRIPT = """
import json, sys
from pathlib import Path
from onnx import TensorProto, helper, numpy_helper
import numpy
from serving.description import read
from serving.model import ModelUnusable, OnnxModel

def price(batch):
    tensors = {"features": [batch, 3], "price": [batch, 1], "range": [batch, 2]}
    of = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in tensors.items()}
    weights = {"ones": numpy.ones((3, 1)), "around": numpy.array([-1.0, 1.0])}
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["features", "ones"], ["price"]),
         helper.make_node("Add", ["price", "around"], ["range"])],
        "prices", [of["features"]], [of["price"], of["range"]],
        [numpy_helper.from_array(value.astype("float32"), name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    helper.set_model_props(model, {"version": "1"})
    return model.SerializeToString()

said, folder = {}, Path(sys.argv[1])
for name, (batch, text) in json.load(sys.stdin).items():
    (folder / "model.onnx").write_bytes(price("n" if batch is None else batch))
    (folder / "model.toml").write_text(text)
    try:
        OnnxModel(folder, described=read(folder / "model.toml"))
        said[name] = "served"
    except ModelUnusable as error:
        said[name] = str(error).removeprefix(f"{folder}/")
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What loading says of each, all in one process of the environment that has ONNX."""
    texts = {}
    for name, (batch, edits) in TO_BE_LOADED.items():
        text = DESCRIBED
        for old, new in edits.items():
            assert old in text
            text = text.replace(old, new)
        texts[name] = batch, text
    command = [str(environments.ensure(environments.TRAIN)), "-c", SCRIPT, str(tmp_path_factory.mktemp("model"))]
    done = subprocess.run(command, input=json.dumps(texts), cwd=environments.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("right", "served"),
        ("one at a time", "served"),
        ("batch of one", "the input features takes 1 instances at once; expected a first dimension of any size"),
        ("batch of four", "the input features takes 4 instances at once"),
        ("other input", "model/model.toml has the input pixels [3], the file features ['n', 3]"),
        ("other size", "model/model.toml has the input features [4], the file features ['n', 3]"),
        ("other output", "model/model.toml has the output cost, the file price, range"),
        ("output of another shape", "the file has price ['n', 1], range ['n', 2]: cannot reshape"),
        ("other answer", "the answer to the canary of model/model.toml: range: expected [5.0, 7.5], found [5.0, 7.0]"),
        ("labels for a number", "price: expected 'cheap', found 6.0"),
        ("other version", "model/model.toml has version 2, the file 1"),
    ],
)
def test_a_file_is_served_or_refused_by_what_differs(said: dict[str, str], name: str, wanted: str) -> None:
    assert wanted in said[name]
    assert "\n" not in said[name]
