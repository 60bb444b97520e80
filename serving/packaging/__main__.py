"""Build all artefacts into serving/artefacts/ and their digests into serving/artefacts.json.

python -m serving.packaging            # build and record
python -m serving.packaging --check    # build and compare with what is recorded; exit code 1 if it differs
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from serving import environments
from serving.packaging import artefacts, layer

FOLDER = environments.ROOT / "serving" / "artefacts"
MANIFEST = environments.ROOT / "serving" / "artefacts.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.packaging", description="Build what the stacks deploy.")
    parser.add_argument(
        "--check", action="store_true", help="compare with serving/artefacts.json instead of writing it"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    arguments = parser.parse_args()
    packages = layer.contents()
    azure_lock = environments.AZUREML.lock.read_text()
    model, described = _train()
    files = artefacts.build(environments.ROOT / "serving", azure_lock, model, packages)
    manifest = json.dumps(artefacts.manifest(files, packages, described), indent=2) + "\n"
    for name, content in files.items():
        write(arguments.folder / name, content)
        print(f"{arguments.folder.name}/{name}: {len(content):,} bytes")
    if arguments.check:
        return _compare(json.loads(MANIFEST.read_text())["files"], json.loads(manifest)["files"])
    write(MANIFEST, manifest.encode())
    return 0


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
        scratch.write(content)
    os.chmod(scratch.name, 0o644)
    os.replace(scratch.name, path)


def _train() -> tuple[bytes, dict[str, object]]:
    """The ONNX file and what training says of it."""
    python = environments.ensure(environments.TRAIN)
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(python), "-m", "serving.train", scratch]
        said = subprocess.run(command, check=True, cwd=environments.ROOT, stdout=subprocess.PIPE).stdout
        return Path(scratch, "model.onnx").read_bytes(), json.loads(said)


def _compare(recorded: Mapping[str, object], built: Mapping[str, object]) -> int:
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
