"""Write the built model into the config of an environment's stacks: every key that moves with a model, in one go.

    python -m serving.release ENVIRONMENT [STACK …]

Reads serving/artefacts.json; changes values in `stacks/*/Pulumi.<environment>.yaml` where they stand, comments and
order kept, and names what it cannot know: the digests of images, which a registry gives when they are pushed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from serving.description import DESCRIBED, Description
from serving.names import one_of
from serving.packaging.artefacts import write
from serving.packaging.folder import SHORT, place

ROOT = Path(__file__).resolve().parents[1]
STORED = re.compile(r"^(?P<store>.+/)[^/]+/[^/]+/(?P<file>[^/]+)/?$")
"""`s3://bucket/<name>/<version>/<file>`, or the digits of a folder and `/`: where the stacks' configs keep a model."""


@dataclass(frozen=True)
class Value:
    """A scalar in a config: its path below the stack's namespace, its text, and where it stands in the file."""

    path: tuple[str, ...]
    text: str
    start: int
    end: int
    line: int


def values(text: str) -> Iterator[Value]:
    """Every scalar under `config:`, keys without their namespace."""

    def walk(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Value]:
        if isinstance(node, yaml.MappingNode):
            for key, inner in node.value:
                yield from walk(inner, (*path, key.value if path else key.value.rpartition(":")[2]))
        elif isinstance(node, yaml.ScalarNode):
            yield Value(path, node.value, node.start_mark.index, node.end_mark.index, node.start_mark.line + 1)

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        for key, config in root.value:
            if key.value == "config":
                yield from walk(config, ())


def list_wanted(found: Mapping[tuple[str, ...], str], built: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The new values of the config's keys for the model that was built; keys that the config does not have are omitted.

    A model inside a container's image only has a name and a version.
    """
    artefact = found.get(("release", "artefact"), "")
    stored = STORED.match(artefact) if "://" in artefact else None
    new = name_folder(stored, built) if "folder" in built else {}
    new |= name_files(artefact, stored, built) if "files" in built else {}
    if "files" in built and ("release", "code") in found:
        new |= name_code(found[("release", "code")], built["files"]["azureml-code.zip"]["sha256"])
    new |= {("release", "model_version"): built["model"]["version"], ("tags", "model"): built["model"]["name"]}
    registered = ("release", "registered_version")
    before = found.get(digest := ("release", "artefact_digest"))
    if registered in found and before != new.get(digest, before):
        new[registered] = str(int(found[registered]) + 1)
    return {path: value for path, value in new.items() if path in found and value}


def name_files(artefact: str, stored: re.Match[str] | None, built: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The packed files' place and digests."""
    model, files = built["model"], built["files"]
    file = stored["file"] if stored else artefact.rpartition("/")[2]
    return {
        ("release", "artefact"): f"{stored['store']}{model['name']}/{model['version']}/{file}" if stored else artefact,
        ("release", "artefact_digest"): f"sha256:{files[file]['sha256']}" if file in files else "",
        ("function", "model_sha256"): files["model.onnx"]["sha256"],
        ("function", "dependencies_digest"): f"sha256:{files['lambda-layer.zip']['sha256']}",
        ("endpoint", "environment", "MODEL_SHA256"): files["model.onnx"]["sha256"],
    }


def name_code(code: str, digest: str) -> dict[tuple[str, ...], str]:
    """The address of Azure's unpacked scoring code: a folder named by the first digits of its zip's digest."""
    return {
        ("release", "code"): f"{code.rpartition('/')[0]}/{digest[:SHORT]}",
        ("release", "code_digest"): f"sha256:{digest}",
    }


def name_folder(stored: re.Match[str] | None, built: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The address of a folder in the place of the earlier file's; a file inside an image stays."""
    model, digest = built["model"], built["folder"]["sha256"]
    return {
        ("release", "artefact"): place(stored["store"], model["name"], model["version"], digest) if stored else "",
        ("release", "artefact_digest"): f"sha256:{digest}" if stored else "",
        ("release", "model_mb"): str(ceil(built["folder"]["bytes"] / 1e6)),
    }


def rewrite(text: str, built: Mapping[str, Any], image: str = "") -> tuple[str, list[Value]]:
    """The config for the model that was built, and the values that name an image whose digest nobody knows yet.

    `image` is the digest of a container of one's own, which is the same in every registry.
    """
    scalars = list(values(text))
    images = [value for value in scalars if value.path[-1] == "image" and "standby" not in value.path]
    new = list_wanted({value.path: value.text for value in scalars}, built)
    new |= {value.path: f"{value.text.partition('@')[0]}@{image}" for value in images if image}
    for value in sorted(scalars, key=lambda value: value.start, reverse=True):
        if value.path in new and new[value.path] != value.text:
            text = text[: value.start] + write_value(new[value.path], text[value.start : value.end]) + text[value.end :]
    return text, [] if image else images


def write_value(value: str, before: str) -> str:
    """Writes the value in quotes if the old one had them, or if YAML would read another type (a digest of digits
    only)."""
    kinds = type(yaml.safe_load(value)), type(yaml.safe_load(before))
    return json.dumps(value) if before[0] in "\"'" or kinds[0] is not kinds[1] else value


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m serving.release", description=(__doc__ or "").split("\n")[0])
    configs = sorted(ROOT.glob("stacks/*/Pulumi.*.yaml"))
    environments = {file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in configs}
    parser.add_argument("environment", type=one_of("environment", environments))
    stack = one_of("stack", {file.parent.name for file in configs})
    parser.add_argument("stacks", nargs="*", type=stack, help="none means all that have the environment")
    chosen = parser.parse_args(arguments)
    built = json.loads((ROOT / "serving" / "artefacts.json").read_text(encoding="utf-8"))
    if fault := find_stale(built["model"], DESCRIBED):
        if not DESCRIBED.container:
            print(f"error: {fault}", file=sys.stderr)
            return 2
        built = {"model": {"name": DESCRIBED.name, "version": DESCRIBED.version}}
    files = [file for file in configs if file.name == f"Pulumi.{chosen.environment}.yaml"]
    files = [file for file in files if not chosen.stacks or file.parent.name in chosen.stacks]
    if not files:
        print(f"none of {', '.join(chosen.stacks)} has a Pulumi.{chosen.environment}.yaml", file=sys.stderr)
        return 2
    for file in files:
        before = file.read_text(encoding="utf-8")
        after, images = rewrite(before, built, DESCRIBED.container.get("image", ""))
        write(file, lambda target, text=after: target.write(text.encode()))
        shown = file.relative_to(ROOT)
        print(
            f"{shown}: {'now' if after != before else 'already'} {built['model']['name']} {built['model']['version']}"
        )
        for image in images:
            print(f"  {shown}:{image.line}: {'.'.join(image.path)}: set it to the digest of the image with this model")
    return 0


def find_stale(recorded: Mapping[str, Any], described: Description) -> str:
    """Why the recorded artefacts are not those of the described model; empty if they are."""
    if (recorded["name"], recorded["version"]) == (described.name, described.version):
        return ""
    return (
        f"serving/artefacts.json is of {recorded['name']} {recorded['version']}, model/model.toml describes "
        f"{described.name} {described.version}\n  Run `make artefacts` first."
    )


if __name__ == "__main__":
    sys.exit(main())
