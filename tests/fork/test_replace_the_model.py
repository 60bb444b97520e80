"""`docs/replace-the-model.md`, followed to the letter with a model that the repository does not have."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from serving import environments
from serving.release import rewrite, values
from shared.problem import Problem
from shared.validate import problems
from tests.faults.run import copied
from tests.fork import page
from tests.worlds import ROOT

PAGE = page.read("replace-the-model.md")
TRAIN = """
import sys
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
features, classes = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500).fit(features, classes)
kinds = [("measurements", FloatTensorType([None, 4]))]
opsets = {"": 21, "ai.onnx.ml": 3}
onnx = to_onnx(model, initial_types=kinds, options={id(model): {"zipmap": False}}, target_opset=opsets)
names = {"label": "class"}
for each in (*onnx.graph.output, *onnx.graph.node):
    if hasattr(each, "output"):
        each.output[:] = [names.get(name, name) for name in each.output]
    else:
        each.name = names.get(each.name, each.name)
open(sys.argv[1], "wb").write(onnx.SerializeToString())
"""


@pytest.mark.slow("five runtimes answer in a copy of the tree, and an engine previews five stacks")
def test_another_model_is_two_files_by_hand() -> None:
    with copied() as tree:
        train(tree / "iris.onnx")
        for command in page.commands(PAGE)[:2]:
            page.run(tree, command)
        page.write_files(PAGE, tree)
        said = {command: page.run(tree, command) for command in page.commands(PAGE)[2:]}

        answers = {text.splitlines()[-1] for command, text in said.items() if "--local" in command}
        (answer,) = map(json.loads, answers)
        assert sum("--local" in command for command in said) == 5
        assert answer["predictions"][0]["class"] == "setosa"
        assert answer["model"]["name"] == "iris"
        edited = page.run(tree, "git diff HEAD --name-only").split()
        by_command = {"serving/artefacts.json", *(file for file in edited if file.endswith("Pulumi.dev.yaml"))}
        assert set(edited) - by_command == {"model/model.toml", "model/train.py"}
        assert all(problems(file.parent, "dev") == [] for file in tree.glob("stacks/*/Pulumi.dev.yaml"))
        previewed = said["gitops preview --rehearse dev"]
        assert previewed.count("✓") == len(list(tree.glob("stacks/*/Pulumi.dev.yaml")))


@pytest.mark.soak
@pytest.mark.slow("all tests that know the model run in a copy of the tree")
def test_the_suite_is_green_with_another_model() -> None:
    """What knows the model are these; of the reference model's own pages and training the tests are skipped."""
    with copied() as tree:
        train(tree / "iris.onnx")
        for command in page.commands(PAGE)[:2]:
            page.run(tree, command)
        page.write_files(PAGE, tree)
        page.run(tree, "make artefacts")
        asked = "tests/serving tests/shared tests/repo/test_front_door.py --ignore tests/serving/test_restarts.py"
        page.run(tree, f"python -m pytest -q -p no:cacheprovider {asked}")


def train(file: Path) -> None:
    python = environments.ensure(environments.TRAIN)
    subprocess.run([str(python), "-c", TRAIN, str(file)], check=True, capture_output=True)


@pytest.mark.parametrize("file", sorted(ROOT.glob("stacks/*/Pulumi.*.yaml")), ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_a_release_moves_what_belongs_together_and_keeps_the_rest_of_the_file(file: Path, tmp_path: Path) -> None:
    names = ("model.onnx", "sagemaker-model.tar.gz", "lambda-model.zip", "lambda-layer.zip", "azureml-code.zip")
    files = {name: {"sha256": str(index) * 64} for index, name in enumerate(names)}
    text = file.read_text(encoding="utf-8")

    after, images = rewrite(text, {"model": {"name": "iris", "version": "9.9.9"}, "files": files})

    found = {value.path: value.text for value in values(after)}
    assert found["release", "model_version"] == "9.9.9"
    assert found["tags", "model"] == "iris"
    assert found["release", "artefact_digest"] in {f"sha256:{each['sha256']}" for each in files.values()}
    assert "://" not in found["release", "artefact"] or "/iris/9.9.9/" in found["release", "artefact"]
    before = {value.path: value.text for value in values(text)}
    for registered in {("release", "registered_version")} & found.keys():  # a registered version is never another model
        assert int(found[registered]) == int(before[registered]) + 1
    if ("release", "code") in found:
        assert found["release", "code_digest"] == f"sha256:{files['azureml-code.zip']['sha256']}"
        assert found["release", "code"].endswith(f"/code/{files['azureml-code.zip']['sha256'][:12]}")
    assert problems_of(file, after, tmp_path) == []
    changed = [a for a, b in zip(text.splitlines(), after.splitlines(), strict=True) if a != b]
    assert 3 <= len(changed) <= 7
    assert images or "function" in {value.path[0] for value in values(text)}


def problems_of(file: Path, text: str, folder: Path) -> list[Problem]:
    """What the contract finds wrong with another text of a config."""
    stack = folder / "stacks" / file.parent.name
    stack.mkdir(parents=True)
    (stack / "settings.py").symlink_to(file.with_name("settings.py"))
    (stack / file.name).write_text(text, encoding="utf-8")
    return problems(stack, file.stem.removeprefix("Pulumi."))
