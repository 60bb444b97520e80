"""Build all artefacts into serving/artefacts/ and their digests into serving/artefacts.json.

python -m serving.packaging                # model/model.onnx, or the reference model where there is none
python -m serving.packaging --model FILE   # another ONNX file, which model/model.toml describes
python -m serving.packaging --model FOLDER # a folder for a container of one's own: not packed, its digest is recorded
python -m serving.packaging --check        # build and compare with what is recorded; exit code 1 if it differs
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serving import environments
from serving.description import DESCRIBED
from serving.packaging import artefacts, folder, layer, source
from serving.packaging.archive import sha256

FOLDER = environments.ROOT / "serving" / "artefacts"
MANIFEST = environments.ROOT / "serving" / "artefacts.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.packaging", description="Build what the stacks deploy.")
    parser.add_argument(
        "--check", action="store_true", help="compare with serving/artefacts.json instead of writing it"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    parser.add_argument("--model", type=Path, help="the ONNX file, instead of model/model.onnx; or a folder")
    parser.add_argument("--replace", action="store_true", help="another content for a version that is recorded")
    arguments = parser.parse_args()
    recorded = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    if arguments.model and arguments.model.is_dir():
        return reference(arguments.model)
    if DESCRIBED.container:
        print("error: a model with a container of its own is not packed: name its folder, if any", file=sys.stderr)
        return 2
    try:
        with source.model(arguments.model) as (model, known):
            if not arguments.check and not arguments.replace:
                refuse_another_content(recorded, known, sha256(model))
            built = build(arguments.folder, model, known)
    except RuntimeError as error:  # no model, or no network for what runs it
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.check:
        return compare(recorded.get("files", {}), built["files"])
    record(built)
    return 0


def reference(model: Path) -> int:
    """Records a folder, and says where it is to be uploaded."""
    if not DESCRIBED.container:
        print(
            "error: model/model.toml has no [container], and the app in serving/ loads one ONNX file", file=sys.stderr
        )
        return 2
    measured = folder.measure(model)
    record({"model": {"name": DESCRIBED.name, "version": DESCRIBED.version}, "folder": measured})
    address = folder.place("STORE/", DESCRIBED.name, DESCRIBED.version, str(measured["sha256"]))
    print(f"upload it to the stacks' stores: aws s3 cp --recursive {model} s3://{address}")
    return 0


def record(built: Mapping[str, Any]) -> None:
    artefacts.write(MANIFEST, lambda target: target.write((json.dumps(built, indent=2) + "\n").encode()))


def refuse_another_content(recorded: Mapping[str, Any], known: Mapping[str, object], digest: str) -> None:
    """Raises `NoModel` for another model under a recorded name and version: that is one content for ever, as whoever
    deployed it cited its digest."""
    same = all(recorded.get("model", {}).get(key) == known[key] for key in ("name", "version"))
    before = recorded.get("files", {}).get("model.onnx", {}).get("sha256", digest)
    if same and before != digest:
        raise source.NoModel(
            f"{known['name']} {known['version']} is recorded in serving/artefacts.json with sha256 {before[:12]}…, "
            f"this model has {digest[:12]}…\n  Raise the version in model/model.toml, or give --replace (make: "
            "REPLACE=1) if nobody has it yet."
        )


def build(folder: Path, model: Path, known: Mapping[str, object]) -> dict[str, Any]:
    """Writes every artefact into `folder`; returns what is recorded of them."""
    azure_lock = environments.AZUREML.lock.read_text()
    with layer.packages() as packages:
        files = {}
        for name, contents in artefacts.writers(environments.ROOT, azure_lock, model, packages):
            artefacts.write(folder / name, contents)
            files[name] = folder / name
            print(f"{folder.name}/{name}: {files[name].stat().st_size:,} bytes")
        return artefacts.manifest(files, packages, known)


def compare(recorded: Mapping[str, object], built: Mapping[str, object]) -> int:
    differing = sorted(name for name in recorded.keys() | built.keys() if recorded.get(name) != built.get(name))
    for name in differing:
        print(
            f"serving/artefacts.json: {name}: recorded {recorded.get(name)}, built {built.get(name)}", file=sys.stderr
        )
    if differing:
        print("run `make artefacts` and commit serving/artefacts.json", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
