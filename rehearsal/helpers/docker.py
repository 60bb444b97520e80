"""The docker and docker-build packages. Images are not built; their digests are derived from the build's inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.cloud import PlannedResource
from rehearsal.helpers.helper import Helper
from rehearsal.values import map_inside, to_json


def digest(planned: PlannedResource) -> str:
    """Returns an image's digest: the SHA-256 of its inputs, with an absolute path replaced by a hash of its files.

    A relative path counts as text, because an attached provider does not know the program's folder.
    """
    content = json.dumps(_with_contents(to_json(dict(planned.inputs))), sort_keys=True)
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def _with_contents(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("/") and Path(value).exists():
        return _hash_files(Path(value))
    return map_inside(value, _with_contents)


def _hash_files(path: Path) -> str:
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    total = hashlib.sha256()
    for file in files:
        total.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def build_image(planned: PlannedResource) -> dict[str, Any]:
    image_digest = digest(planned)
    tags = planned.inputs.get("tags") or []
    return {
        "id": image_digest,
        "digest": image_digest,
        "contextHash": image_digest[7:],
        "ref": f"{tags[0]}@{image_digest}" if tags else image_digest,
    }


def index(planned: PlannedResource) -> dict[str, Any]:
    image_digest = digest(planned)
    tag = str(planned.inputs.get("tag", ""))
    return {"id": tag, "ref": f"{tag}@{image_digest}"}


def classic_image(planned: PlannedResource) -> dict[str, Any]:
    image_digest, name = digest(planned), str(planned.inputs.get("imageName", ""))
    build = planned.inputs.get("build")
    build = build if isinstance(build, dict) else {}
    repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return {
        "id": image_digest,
        "baseImageName": name,
        "repoDigest": f"{repository}@{image_digest}",
        "registryServer": name.partition("/")[0] if "." in name.partition("/")[0] else "docker.io",
        "context": build.get("context") or ".",
        "dockerfile": build.get("dockerfile") or "Dockerfile",
        "platform": build.get("platform") or "linux/amd64",
    }


def registry_image(planned: PlannedResource) -> dict[str, Any]:
    return {"id": digest(planned), "sha256Digest": digest(planned)}


def remote_image(planned: PlannedResource) -> dict[str, Any]:
    image_digest, name = digest(planned), str(planned.inputs.get("name", ""))
    return {
        "id": f"{image_digest}{name}",
        "imageId": image_digest,
        "repoDigest": f"{name.partition(':')[0]}@{image_digest}",
    }


def find_remote_image(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an image in a registry, with a digest that is derived from its name."""
    name = str(arguments.get("name", ""))
    image_digest = f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"
    return {"id": image_digest, "name": name, "repoDigest": f"{name.partition(':')[0]}@{image_digest}"}


DOCKER = Helper(
    {"Image": classic_image, "RegistryImage": registry_image, "RemoteImage": remote_image},
    {"getRemoteImage": find_remote_image},
    updates=True,
)
DOCKER_BUILD = Helper({"Image": build_image, "Index": index}, updates=True)
