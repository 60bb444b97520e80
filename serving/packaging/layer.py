"""The Lambda layer's contents: the model's dependencies as wheels for Lambda's Python and processor, not this one's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving.environments import MODEL, uv
from serving.packaging.archive import Member

PYTHON = "3.13"  # Lambda's runtime `python3.13`
PLATFORM = "aarch64-manylinux_2_28"  # Graviton; Lambda's Amazon Linux 2023 has glibc 2.34
UNPACKED_LIMIT = 250 * 1024 * 1024  # function and layers together

# onnxruntime's Python tools for exporting and tuning models; inference imports none of them.
_UNUSED = {"bin", "tests", "__pycache__", "onnxruntime/transformers", "onnxruntime/tools", "onnxruntime/quantization"}
_VARIES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", ".lock"}


@contextmanager
def packages() -> Iterator[dict[str, Member]]:
    """Path in the layer to the file that has its contents; Lambda puts `python/` on the path.

    Raises RuntimeError: the wheels could not be had, or there is none for Lambda's platform.
    """
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        _install(root)
        files = (path for path in root.rglob("*") if path.is_file() and _is_wanted(path.relative_to(root)))
        yield {f"python/{path.relative_to(root).as_posix()}": path for path in files}


def _install(target: Path) -> None:
    runtime = ["--python-version", PYTHON, "--python-platform", PLATFORM, "--only-binary", ":all:"]
    locked = ["--no-deps", "--require-hashes", "--requirements", str(MODEL.lock)]
    uv("pip", "install", "--quiet", "--target", str(target), *runtime, *locked)


def _is_wanted(path: Path) -> bool:
    if path.suffix == ".pyi" or path.name in _VARIES:
        return False
    return not any(part in _UNUSED for part in path.parts) and "/".join(path.parts[:2]) not in _UNUSED
