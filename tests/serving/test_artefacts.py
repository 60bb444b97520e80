"""What `make artefacts` builds is what serving/artefacts.json records, and fits where it will run."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from serving import environments
from serving.description import DESCRIBED
from serving.packaging import __main__ as packaging
from serving.packaging.__main__ import refuse_another_content
from serving.packaging.archive import Member, sha256, write_tar_gz, write_zip
from serving.packaging.layer import UNPACKED_LIMIT
from serving.packaging.source import NoModel
from tests.serving.conftest import Artefacts

MANIFEST = json.loads((environments.ROOT / "serving/artefacts.json").read_text())
LAMBDA_GLIBC = (2, 34)  # Amazon Linux 2023, under the runtime python3.13
ELF_AARCH64 = 0xB7


def make_zip(members: Mapping[str, Member]) -> bytes:
    target = io.BytesIO()
    write_zip(target, members)
    return target.getvalue()


def make_tar_gz(members: Mapping[str, Member]) -> bytes:
    target = io.BytesIO()
    write_tar_gz(target, members)
    return target.getvalue()


@pytest.fixture(scope="module")
def layer(artefacts: Artefacts) -> zipfile.ZipFile:
    return zipfile.ZipFile(artefacts.folder / "lambda-layer.zip")


def test_a_rebuild_gives_the_recorded_digests(artefacts: Artefacts) -> None:
    assert artefacts.exit_code == 0, artefacts.said
    built = {p.name: sha256(p) for p in artefacts.folder.iterdir() if p.name in MANIFEST["files"]}
    assert built == {name: file["sha256"] for name, file in MANIFEST["files"].items()}


def test_a_recorded_version_is_never_another_content() -> None:
    recorded = {"model": {"name": "chat", "version": "1.0.0"}, "files": {"model.onnx": {"sha256": "a" * 64}}}

    refuse_another_content(recorded, {"name": "chat", "version": "1.0.0"}, "a" * 64)
    refuse_another_content(recorded, {"name": "chat", "version": "1.0.1"}, "b" * 64)
    with pytest.raises(NoModel, match="Raise the version"):
        refuse_another_content(recorded, {"name": "chat", "version": "1.0.0"}, "b" * 64)


def test_nothing_is_packed_for_a_container_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packaging, "DESCRIBED", replace(DESCRIBED, container={"port": 8000}))
    monkeypatch.setattr(sys, "argv", ["serving.packaging"])

    assert packaging.main() == 2
    assert "name its folder" in capsys.readouterr().err


def test_a_change_of_one_byte_is_noticed() -> None:
    assert make_zip({"a": b"1"}) != make_zip({"a": b"2"})
    assert make_tar_gz({"a": b"1"}) != make_tar_gz({"a": b"2"})


def test_a_file_of_any_size_is_packed_in_a_few_megabytes_of_memory(tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    with model.open("wb") as sparse:
        sparse.truncate(256 * 1024 * 1024)
    tracemalloc.start()
    for write in (write_zip, write_tar_gz):
        with (tmp_path / "archive").open("wb") as target:
            write(target, {"model.onnx": model})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 200_000])
def test_archives_hold_what_was_put_in_whatever_its_order(size: int) -> None:
    members = {"b/c.py": bytes(size), "a.py": b"x"}
    turned = dict(reversed(members.items()))
    assert make_zip(members) == make_zip(turned)
    assert make_tar_gz(members) == make_tar_gz(turned)

    archive = zipfile.ZipFile(io.BytesIO(make_zip(members)))
    assert {name: archive.read(name) for name in archive.namelist()} == members
    assert archive.testzip() is None
    with tarfile.open(fileobj=io.BytesIO(make_tar_gz(members)), mode="r:gz") as tar:
        read = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        assert {name: content.read() for name, content in read.items() if content} == members


def test_function_and_layer_fit_into_lambda(artefacts: Artefacts, layer: zipfile.ZipFile) -> None:
    others = [zipfile.ZipFile(artefacts.folder / name) for name in ("lambda-function.zip", "lambda-model.zip")]
    unpacked = sum(member.file_size for archive in (*others, layer) for member in archive.infolist())
    assert 50_000_000 < unpacked < UNPACKED_LIMIT
    assert (
        sum(member.file_size for member in layer.infolist()) == MANIFEST["files"]["lambda-layer.zip"]["unpacked_bytes"]
    )


def test_the_layer_is_for_lambdas_processor_python_and_c_library(layer: zipfile.ZipFile) -> None:
    libraries = [name for name in layer.namelist() if re.search(r"\.so(\.\d+)*$", name)]
    assert len(libraries) > 10
    for name in libraries:
        content = layer.read(name)
        assert int.from_bytes(content[18:20], "little") == ELF_AARCH64, name
        needed = [tuple(map(int, version.split(b"."))) for version in re.findall(rb"GLIBC_(\d+\.\d+)", content)]
        assert max(needed, default=(0,)) <= LAMBDA_GLIBC, name  # pyright: ignore[reportOperatorIssue]
    assert {found[1] for name in libraries if (found := re.search(r"\.cpython-(\d+)-", name))} == {"313"}


def test_the_layer_has_the_packages_of_the_lock_and_nothing_of_this_machine(layer: zipfile.ZipFile) -> None:
    wanted = set(re.findall(r"^([a-z]+)==", environments.MODEL.lock.read_text(), re.MULTILINE))
    distributions = {name.split("/")[1] for name in layer.namelist() if ".dist-info/" in name}
    assert {name.split("-")[0] for name in distributions} == wanted
    assert all(name.startswith("python/") for name in layer.namelist())
    assert not [
        n for n in layer.namelist() if "__pycache__" in n or n.endswith(("RECORD", "INSTALLER", "direct_url.json"))
    ]


def test_archives_hold_no_times_or_owners(artefacts: Artefacts) -> None:
    for path in artefacts.folder.glob("*.zip"):
        assert {member.date_time for member in zipfile.ZipFile(path).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with tarfile.open(artefacts.folder / "sagemaker-model.tar.gz") as archive:
        assert {(m.mtime, m.uid, m.gid, m.uname, m.mode) for m in archive} == {(0, 0, 0, "", 0o644)}


@pytest.mark.parametrize(
    ("stack_module", "artefact"),
    [
        ("stacks/lambda_api/function_code.py", "lambda-function.zip"),
        ("stacks/sagemaker_ha/router_code.py", "lambda-router.zip"),
    ],
)
def test_the_stacks_zip_the_same_modules(stack_module: str, artefact: str, artefacts: Artefacts) -> None:
    if not (environments.ROOT / stack_module).exists():
        pytest.skip("this fork has deleted the stack")
    tree = ast.parse((environments.ROOT / stack_module).read_text())
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MODULES"
    )
    assert sorted(listed) == sorted(zipfile.ZipFile(artefacts.folder / artefact).namelist())


def test_azures_environment_resolves_with_every_hash(artefacts: Artefacts, tmp_path: Path) -> None:
    document = yaml.safe_load((artefacts.folder / "azureml-environment.yml").read_text())
    pip = next(entry["pip"] for entry in document["dependencies"] if isinstance(entry, dict))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("\n".join(pip))  # as conda hands it to pip
    python = environments.ensure(environments.AZUREML)
    uv = Path(sys.executable).with_name("uv")
    command = [
        uv,
        "pip",
        "install",
        "--dry-run",
        "--require-hashes",
        "--python",
        python,
        "--requirements",
        requirements,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Would make no changes" in done.stderr
    assert any(line.startswith("azureml-inference-server-http==") for line in pip)
